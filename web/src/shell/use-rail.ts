import { useLocalStorage, useMediaQuery } from '@mantine/hooks';

/** Below this the words of the rail take room that the page needs: a small window, or 200% zoom. */
const NARROW_QUERY = '(max-width: 60em)';

/** Whether the rail shows icons only. Narrow windows begin so, and each width remembers its own choice. */
export function useRail(): { readonly collapsed: boolean; readonly toggle: () => void } {
  const narrow = useMediaQuery(NARROW_QUERY, undefined, { getInitialValueInEffect: false });
  const [wide, setWide] = useLocalStorage({
    key: 'textwright.rail-collapsed',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const [small, setSmall] = useLocalStorage({
    key: 'textwright.rail-collapsed-narrow',
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const collapsed = narrow ? small : wide;
  return { collapsed, toggle: () => (narrow ? setSmall : setWide)(!collapsed) };
}
