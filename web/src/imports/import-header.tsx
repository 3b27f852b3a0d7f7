import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Import } from '../api/imports.ts';
import { formatBytes } from '../patterns/format.ts';
import { PageHeader } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { ImportSteps } from './import-steps.tsx';

interface ImportHeaderProps {
  readonly run: Import;
  readonly step: 'check' | 'import' | 'done';
  /** What the page says first; without it, how large the file is and when it came. */
  readonly summary?: ReactNode;
  readonly actions?: ReactNode;
}

/** The file and how far it has come. */
export function ImportHeader({ run, step, summary, actions }: ImportHeaderProps) {
  return (
    <>
      <PageHeader
        title={run.fileName}
        summary={
          summary ?? (
            <>
              {formatBytes(run.fileBytes)}, uploaded <TimeText at={run.createdAt} look="when" />
            </>
          )
        }
        actions={actions}
      />
      <ImportSteps step={step} />
    </>
  );
}

export const AnotherFile = ({ label }: { readonly label: string }) => (
  <Button component={Link} to="/imports" variant="default">
    {label}
  </Button>
);
