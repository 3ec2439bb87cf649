// The logo: a pulse on a wire.
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M5 17h5.2l3.3-8 5 14 3.3-6H27" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
