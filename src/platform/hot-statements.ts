/**
 * Which statements a process runs so often that the server is to keep them prepared: reading and planning a statement of the engine
 * takes several times as long as running it. Texts that pages put together (filters, orders) hardly ever become hot; that there
 * are few names keeps the memory of each connection small.
 */
export interface HotStatements {
  /** The name of the prepared statement with this text; absent as long as it is run now and then only. Counts one use. */
  nameOf(text: string): string | undefined;
}

const USES_MIN = 100;
const NAMES_MAX = 250;
/** Texts counted at a time; when there are more, counting begins anew. */
const COUNTED_MAX = 2_000;

export function hotStatements(): HotStatements {
  const names = new Map<string, string>();
  let uses = new Map<string, number>();
  return {
    nameOf(text) {
      const name = names.get(text);
      if (name !== undefined || names.size >= NAMES_MAX) return name;
      const used = (uses.get(text) ?? 0) + 1;
      if (used < USES_MIN) {
        if (uses.size >= COUNTED_MAX && used === 1) uses = new Map();
        uses.set(text, used);
        return undefined;
      }
      uses.delete(text);
      names.set(text, `hot_${names.size}`);
      return names.get(text);
    },
  };
}
