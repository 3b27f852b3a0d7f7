import { IconCheck } from '@tabler/icons-react';
import classes from './imports.module.css';

const STEPS = [
  { id: 'upload', label: 'Upload' },
  { id: 'check', label: 'Check' },
  { id: 'import', label: 'Import' },
] as const;

/** Where one is on the way from a file to contacts. */
export function ImportSteps({ step }: { readonly step: 'check' | 'import' | 'done' }) {
  const current = step === 'done' ? STEPS.length : STEPS.findIndex((one) => one.id === step);
  return (
    <ol className={classes.steps} aria-label="Steps of the import">
      {STEPS.map((one, index) => (
        <li
          key={one.id}
          data-state={index < current ? 'done' : index === current ? 'current' : 'ahead'}
          aria-current={index === current ? 'step' : undefined}
        >
          <span className={classes.stepMark} aria-hidden>
            {index < current ? <IconCheck size={12} stroke={2.5} /> : index + 1}
          </span>
          {one.label}
        </li>
      ))}
    </ol>
  );
}
