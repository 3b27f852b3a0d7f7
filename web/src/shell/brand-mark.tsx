/** The mark: a T in a speech bubble. */
export function BrandMark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden style={{ flex: 'none' }}>
      <path
        fill="var(--mantine-color-teal-6)"
        d="M8 2h16a6 6 0 0 1 6 6v11a6 6 0 0 1-6 6h-9l-7.2 5.1A1.1 1.1 0 0 1 6 29.2V24.6A6 6 0 0 1 2 19V8a6 6 0 0 1 6-6Z"
      />
      <path
        fill="none"
        stroke="var(--mantine-color-white)"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M9.5 10.5h13M16 10.5v8.5"
      />
    </svg>
  );
}
