/** What the provider charges for a part to a US number. */
export const PRICE_PER_PART_CENTS = 1;
