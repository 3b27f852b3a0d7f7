import { Radio, Stack, useMantineColorScheme } from '@mantine/core';
import { setDensity, useDensity } from '../patterns/density.ts';
import { PageHeader } from '../patterns/page.tsx';
import { DENSITIES } from '../theme.ts';

const THEMES = [
  { value: 'light', label: 'Light', description: undefined },
  { value: 'dark', label: 'Dark', description: undefined },
  { value: 'auto', label: 'System', description: 'As this device is set; many change at sunset.' },
] as const;

const DENSITY_WORDS = {
  comfortable: { label: 'Comfortable', description: 'Rows with air around them.' },
  compact: { label: 'Compact', description: 'A quarter more rows on the same screen.' },
} as const;

/** How it looks in this browser; nobody else's changes. */
export function AppearancePage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const density = useDensity();
  return (
    <>
      <PageHeader title="Appearance" summary="Kept in this browser, for you alone. It takes effect at once." />
      <Radio.Group
        label="Theme"
        value={colorScheme}
        onChange={(value) => {
          const chosen = THEMES.find((theme) => theme.value === value);
          if (chosen !== undefined) setColorScheme(chosen.value);
        }}
      >
        <Stack gap="xs" mt="xs">
          {THEMES.map(({ value, label, description }) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      <Radio.Group
        label="Rows of lists"
        value={density}
        onChange={(value) => {
          const chosen = DENSITIES.find((one) => one === value);
          if (chosen !== undefined) setDensity(chosen);
        }}
      >
        <Stack gap="xs" mt="xs">
          {DENSITIES.map((value) => (
            <Radio key={value} value={value} {...DENSITY_WORDS[value]} />
          ))}
        </Stack>
      </Radio.Group>
    </>
  );
}
