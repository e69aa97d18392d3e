// The brand's lighthouse.

export function Mark({ className = 'size-7' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true" focusable="false">
      <path d="M11.5 9 L0 4.2 V13.8 Z M20.5 9 L32 4.2 V13.8 Z" className="fill-beam" />
      <path d="M16 1.5 L21 6 H11 Z" className="fill-current" />
      <rect x="12.2" y="6.8" width="7.6" height="4.6" rx="0.8" className="fill-beam" />
      <rect x="10" y="12.2" width="12" height="2" rx="1" className="fill-current" />
      <path
        d="M12.4 15.2 H19.6 L20.1 19 H11.9 Z M11.6 21 H20.4 L20.9 25 H11.1 Z M10.8 27 H21.2 L21.6 30.5 H10.4 Z"
        className="fill-current"
      />
    </svg>
  );
}
