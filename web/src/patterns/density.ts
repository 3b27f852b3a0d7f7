import { useSyncExternalStore } from 'react';
import { DENSITIES, type Density } from '../theme.ts';

/** Row density is this browser's choice; it is also an attribute of the document, from which CSS takes `--row-height`. */
const STORAGE_KEY = 'textwright.density';
const listeners = new Set<() => void>();

const stored = (): Density => {
  const word = localStorage.getItem(STORAGE_KEY);
  return DENSITIES.find((density) => density === word) ?? 'comfortable';
};
let current: Density = stored();
document.documentElement.dataset['density'] = current;

export function setDensity(density: Density): void {
  current = density;
  localStorage.setItem(STORAGE_KEY, density);
  document.documentElement.dataset['density'] = density;
  for (const listener of listeners) listener();
}

export const useDensity = (): Density =>
  useSyncExternalStore(
    (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    () => current,
  );
