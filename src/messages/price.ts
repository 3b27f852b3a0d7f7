/** What the provider charges for a part to a US number. */
const PRICE_PER_PART_CENTS = 1;

/** Parts may be an estimate; cents are whole. */
export const costCents = (parts: number): number => Math.round(parts) * PRICE_PER_PART_CENTS;
