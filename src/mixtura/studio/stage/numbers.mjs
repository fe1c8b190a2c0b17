// Numbers as people of a language read them.

/** Formats: `plain` four digits, `short` fewer, `share` of one, `small` with a power of ten. */
export function makeNumbers(language) {
  const format = (options) => {
    const made = new Intl.NumberFormat(language, options);
    return (value) => made.format(value);
  };
  const short = format({ maximumSignificantDigits: 4 });
  return {
    plain: format({ maximumSignificantDigits: 5 }),
    short,
    share: format({ minimumFractionDigits: 3, maximumFractionDigits: 3 }),
    small: (value) => (value === 0 ? "0" : value < 1e-3 ? value.toExponential(1) : short(value)),
  };
}
