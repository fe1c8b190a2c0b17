// Undo and redo over values that never change: fifty steps back, and forward again.

const DEEPEST = 50;

export const open = (present) => ({ past: [], present, future: [] });

/** A change that can be undone. */
export function push(history, present) {
  return { past: [...history.past, history.present].slice(-DEEPEST), present, future: [] };
}

/** A change that cannot, such as a look at another iteration. */
export const replace = (history, present) => ({ ...history, present });

export function undo({ past, present, future }) {
  if (past.length === 0) return { past, present, future };
  return { past: past.slice(0, -1), present: past.at(-1), future: [present, ...future] };
}

export function redo({ past, present, future }) {
  if (future.length === 0) return { past, present, future };
  return { past: [...past, present], present: future[0], future: future.slice(1) };
}
