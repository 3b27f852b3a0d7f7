import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import classes from './address-link.module.css';

interface AddressLinkProps {
  /** An address of this site, with its search, as the server says it: `/inbox?view=review`. */
  readonly address: string;
  /** Instead of the look of a link within a sentence. */
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A link to an address that is known only at run time; otherwise like any other of the router's. */
export function AddressLink({ address, className, children }: AddressLinkProps) {
  const router = useRouter();
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(address);
  };
  return (
    <a href={address} className={className ?? classes.link} onClick={onClick}>
      {children}
    </a>
  );
}
