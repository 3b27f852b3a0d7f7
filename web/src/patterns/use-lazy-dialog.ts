import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';

/** A dialog whose code is fetched when it is first opened: render it while `wanted`, inside a `Suspense`. */
export function useLazyDialog() {
  const [opened, handlers] = useDisclosure(false);
  const [wanted, setWanted] = useState(false);
  if (opened && !wanted) setWanted(true);
  return { opened, wanted, ...handlers };
}
