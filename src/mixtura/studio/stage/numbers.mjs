// Numbers as people of a language read them.

/** Formats: `plain` four digits, `short` fewer, `share` of one, `small` with a power of ten. */
export function makeNumbers(language) {
  const format = (options) => {
    const made = new Intl.NumberFormat(language, options);
    return (value) => made.format(value);
  };
  const plain = format({ maximumSignificantDigits: 5 });
  return {
    plain,
    short: format({ maximumSignificantDigits: 4 }),
    share: format({ minimumFractionDigits: 3, maximumFractionDigits: 3 }),
    small: (value) => (value === 0 ? "0" : value < 1e-3 ? value.toExponential(1) : plain(value)),
  };
}
