import {
  type ButtonProps,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type MenuProps,
  type ModalProps,
  type SelectProps,
  type TextInputProps,
  type TooltipProps,
} from '@mantine/core';

/**
 * The one place where the look is decided. Pages use Mantine's props and the CSS variables made below (`--surface-*`, `--line*`,
 * `--tone-*`, `--row-height`); a raw colour or pixel size in a page is a mistake.
 */

const grey: MantineColorsTuple = [
  '#f6f8f7',
  '#eef1f0',
  '#e2e7e6',
  '#cfd6d5',
  '#b1bab9',
  '#8b9695',
  '#657170',
  '#4c5756',
  '#303a39',
  '#151c1b',
];
/** Mantine's dark scale: 0 is text, 7 the page, 9 the deepest. */
const dark: MantineColorsTuple = [
  '#e6ebea',
  '#c3cccb',
  '#9ba7a6',
  '#7b8887',
  '#3a4544',
  '#2b3433',
  '#1f2726',
  '#161d1c',
  '#101615',
  '#0b100f',
];
const teal: MantineColorsTuple = [
  '#edf7f5',
  '#d3ece8',
  '#a6d9d1',
  '#71c2b7',
  '#3fa699',
  '#1f8c80',
  '#0f766e',
  '#0c625c',
  '#0a4f4a',
  '#083c39',
];
const green: MantineColorsTuple = [
  '#f0f8ef',
  '#d9eed6',
  '#b3dcae',
  '#86c680',
  '#5aac53',
  '#3f9338',
  '#2f7a29',
  '#266322',
  '#1f4f1c',
  '#183d16',
];
const blue: MantineColorsTuple = [
  '#eff6fb',
  '#d8e9f5',
  '#b0d3ea',
  '#80b8dd',
  '#519ccd',
  '#3184b9',
  '#226d9d',
  '#1b5980',
  '#164766',
  '#113650',
];
const amber: MantineColorsTuple = [
  '#fdf6e8',
  '#faeacb',
  '#f3d494',
  '#eabb59',
  '#dd9f2c',
  '#c68413',
  '#a3670b',
  '#845308',
  '#694207',
  '#503205',
];
const red: MantineColorsTuple = [
  '#fdf1f0',
  '#fadcda',
  '#f4b6b2',
  '#ec8b85',
  '#e0615a',
  '#cf4039',
  '#b42c26',
  '#95231e',
  '#761d18',
  '#591713',
];
const violet: MantineColorsTuple = [
  '#f6f4fd',
  '#e9e4fa',
  '#d1c7f4',
  '#b5a5ec',
  '#9883e2',
  '#7e65d6',
  '#684cc0',
  '#553e9f',
  '#44327f',
  '#352763',
];

export const TONES = ['grey', 'teal', 'green', 'blue', 'amber', 'red', 'violet', 'dark'] as const;
/** A colour with a meaning: teal sent, green delivered, blue in motion, amber waiting, red failed, violet conversation, dark stop. */
export type Tone = (typeof TONES)[number];

export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];
export const ROW_HEIGHT_PX: Readonly<Record<Density, number>> = { comfortable: 40, compact: 32 };

export const ICON_STROKE = 1.75;
/** 640 px: below it there is the bottom bar, and tables become two-line rows. */
export const PHONE_QUERY = '(max-width: 40em)';

const rem = (px: number): string => `${px / 16}rem`;

const fieldDefaults = {
  size: 'sm',
  inputWrapperOrder: ['label', 'input', 'error', 'description'],
} satisfies Partial<TextInputProps>;
const fieldStyles = {
  label: { fontSize: rem(13), fontWeight: 550, marginBottom: rem(4) },
  description: { fontSize: rem(12), marginTop: rem(4), lineHeight: 1.45 },
  error: { fontSize: rem(12), marginTop: rem(4), lineHeight: 1.45 },
};
const field = { defaultProps: fieldDefaults, styles: fieldStyles };
const quick = { duration: 140 };

const BUTTON_HEIGHT_PX: Readonly<Record<string, number>> = { xs: 26, sm: 32, md: 38, lg: 44 };

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 6, dark: 6 },
  colors: { gray: grey, grey, dark, teal, green, blue, amber, red, violet },
  white: '#ffffff',
  black: grey[9],
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20), xxl: rem(28) },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.35' },
  fontWeights: { regular: '400', medium: '550', bold: '640' },
  headings: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontWeight: '620',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: rem(20), lineHeight: '1.3' },
      h2: { fontSize: rem(16), lineHeight: '1.4' },
      h3: { fontSize: rem(14), lineHeight: '1.45' },
      h4: { fontSize: rem(13), lineHeight: '1.45' },
      h5: { fontSize: rem(12), lineHeight: '1.45' },
      h6: { fontSize: rem(12), lineHeight: '1.45' },
    },
  },
  radius: { xs: rem(4), sm: rem(6), md: rem(8), lg: rem(12), xl: rem(999) },
  defaultRadius: 'md',
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(24), xl: rem(32) },
  breakpoints: { xs: '30em', sm: '40em', md: '60em', lg: '75em', xl: '90em' },
  focusRing: 'auto',
  respectReducedMotion: true,
  cursorType: 'pointer',
  // Plain objects instead of `Button.extend`, which would put every component into the first script that a browser loads.
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 32 } },
    Badge: { defaultProps: { variant: 'light', tt: 'none', fw: 550, radius: 'sm' } },
    Button: {
      defaultProps: { size: 'sm' } satisfies Partial<ButtonProps>,
      vars: (_theme: unknown, props: ButtonProps) => {
        const height = BUTTON_HEIGHT_PX[props.size ?? 'sm'];
        return height === undefined
          ? {}
          : { root: { '--button-height': rem(height), '--button-padding-x': rem(Math.round(height * 0.44)) } };
      },
    },
    Checkbox: {
      defaultProps: { size: 'xs', radius: 'xs' },
      styles: {
        label: { fontSize: rem(13), lineHeight: rem(18) },
        description: { fontSize: rem(12), marginTop: rem(2), lineHeight: 1.45 },
      },
    },
    Kbd: { defaultProps: { size: 'xs' } },
    Menu: {
      defaultProps: { shadow: 'md', transitionProps: quick, position: 'bottom-end' } satisfies Partial<MenuProps>,
    },
    Modal: {
      defaultProps: {
        radius: 'lg',
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: quick,
        closeButtonProps: { 'aria-label': 'Close' },
        // A <header> in a portal would count as a second banner of the page.
        attributes: { header: { role: 'presentation' } },
      } satisfies Partial<ModalProps>,
      styles: { title: { fontSize: rem(16), fontWeight: 620, lineHeight: 1.35 } },
    },
    FileInput: {
      ...field,
      styles: { ...fieldStyles, placeholder: { color: 'var(--mantine-color-dimmed)' } },
    },
    NativeSelect: field,
    NumberInput: field,
    PasswordInput: field,
    Popover: { defaultProps: { shadow: 'md', transitionProps: quick } },
    Radio: {
      styles: {
        label: { fontSize: rem(14), lineHeight: 1.45 },
        description: { fontSize: rem(12), marginTop: rem(2), lineHeight: 1.45 },
      },
    },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 140 } },
    Select: {
      defaultProps: { ...fieldDefaults, checkIconPosition: 'right' } satisfies Partial<SelectProps>,
      styles: fieldStyles,
    },
    MultiSelect: field,
    Skeleton: { defaultProps: { radius: 'sm' } },
    Switch: { defaultProps: { size: 'sm' } },
    Table: { defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'md' } },
    Tabs: { defaultProps: { keepMounted: false } },
    TagsInput: field,
    Textarea: field,
    TextInput: field,
    Tooltip: {
      defaultProps: {
        openDelay: 300,
        transitionProps: quick,
        multiline: true,
        maw: 320,
        events: { hover: true, focus: true, touch: true },
      } satisfies Partial<TooltipProps>,
    },
  },
});

const tone = (name: Exclude<Tone, 'dark'>, scheme: 'light' | 'dark'): Record<string, string> => {
  const shade = (index: number): string => `var(--mantine-color-${name}-${index})`;
  return scheme === 'light'
    ? {
        [`--tone-${name}-text`]: shade(7),
        [`--tone-${name}-fill`]: shade(5),
        [`--tone-${name}-soft`]: shade(name === 'grey' ? 1 : 0),
      }
    : {
        [`--tone-${name}-text`]: shade(3),
        [`--tone-${name}-fill`]: shade(4),
        [`--tone-${name}-soft`]: `color-mix(in srgb, ${shade(5)} 20%, transparent)`,
      };
};
const tones = (scheme: 'light' | 'dark'): Record<string, string> =>
  Object.assign({}, ...TONES.map((name) => (name === 'dark' ? {} : tone(name, scheme))));

const SHADOW_LIGHT = '0 1px 2px rgb(16 28 26 / 8%), 0 8px 24px -4px rgb(16 28 26 / 14%)';
const SHADOW_DARK = '0 1px 2px rgb(0 0 0 / 40%), 0 12px 32px -4px rgb(0 0 0 / 60%)';

/** Light and dark are both drawn by lightness steps: canvas below page below raised, hairlines only where a step is not enough. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...tones('light'),
    '--surface-canvas': '#f3f5f4',
    '--surface-page': '#ffffff',
    '--surface-raised': '#ffffff',
    '--surface-sunken': '#f5f7f6',
    '--surface-hover': '#f0f3f2',
    '--surface-selected': '#e7f3f1',
    '--line': '#e4e8e7',
    '--line-strong': '#8b9695',
    '--text-faint': '#66716f',
    '--focus-ring': '#0f766e',
    '--tone-dark-text': '#303a39',
    '--tone-dark-fill': '#303a39',
    '--tone-dark-soft': '#e2e7e6',
    '--mantine-shadow-md': SHADOW_LIGHT,
    '--mantine-color-body': 'var(--surface-page)',
    '--mantine-color-text': '#151c1b',
    '--mantine-color-dimmed': '#5a6664',
    '--mantine-color-placeholder': '#6e7a78',
    '--mantine-color-error': 'var(--tone-red-text)',
    '--mantine-color-anchor': 'var(--mantine-color-teal-7)',
    '--mantine-color-default-border': '#d3dad8',
    '--mantine-color-default-hover': 'var(--surface-hover)',
    '--input-line': 'var(--line-strong)',
  },
  dark: {
    ...tones('dark'),
    '--surface-canvas': '#0d1211',
    '--surface-page': '#141a19',
    '--surface-raised': '#1b2221',
    '--surface-sunken': '#101615',
    '--surface-hover': '#1c2423',
    '--surface-selected': '#15302d',
    '--line': '#26302e',
    '--line-strong': '#687573',
    '--text-faint': '#8d9997',
    '--focus-ring': '#3fa699',
    '--tone-dark-text': '#e2e7e6',
    '--tone-dark-fill': '#cfd6d5',
    '--tone-dark-soft': '#303a39',
    '--mantine-shadow-md': SHADOW_DARK,
    '--mantine-color-body': 'var(--surface-page)',
    '--mantine-color-text': '#e6ebea',
    '--mantine-color-dimmed': '#9ba7a6',
    '--mantine-color-placeholder': '#7f8b89',
    '--mantine-color-error': 'var(--tone-red-text)',
    '--mantine-color-anchor': 'var(--mantine-color-teal-3)',
    '--mantine-color-default': 'var(--surface-raised)',
    '--mantine-color-default-border': '#36413f',
    '--mantine-color-default-hover': '#242d2c',
    '--input-line': 'var(--line-strong)',
  },
});
