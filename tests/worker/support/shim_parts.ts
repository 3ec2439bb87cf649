/** JavaScript for the modules that are put around a Worker: a proxy, and a clock that shows another time. */

/** `around(target, own)` is the same object, but for the properties in `own`. */
export const AROUND = `
function around(target, own) {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value = Reflect.get(target, name, target);
      // Methods need the real object. The Worker reads the name of a binding's class, which bind() would change.
      return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
    },
  });
}
`;

/** Makes `Date` show what the expression `now` gives. It can use `realNow()`, which is not shifted. */
export const shiftedDate = (now: string): string => `
const RealDate = Date;
const realNow = () => RealDate.now();
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length > 0 ? args : [Date.now()]));
  }
  static now() {
    return ${now};
  }
};
`;
