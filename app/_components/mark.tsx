// The brand's lighthouse. Its lamp shines, blinks or is out, so that it can also say how a site is.

export type Lamp = 'on' | 'waiting' | 'out';

const RAYS: Record<Lamp, string> = { on: 'text-beam', waiting: 'text-beam motion-safe:animate-pulse', out: 'hidden' };

export function Mark({ lamp = 'on', className = 'size-7' }: { lamp?: Lamp; className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} fill="none" aria-hidden="true" focusable="false">
      <g className={RAYS[lamp]} fill="currentColor">
        <path d="M11.500 9 L0 4.200 V13.800 Z" />
        <path d="M20.500 9 L32 4.200 V13.800 Z" />
      </g>
      <path d="M16 1.500 L21 6 H11 Z" className="fill-current" />
      <rect
        x="12.200"
        y="6.800"
        width="7.600"
        height="4.600"
        rx="0.800"
        className={lamp === 'out' ? 'fill-muted' : 'fill-beam'}
      />
      <rect x="10" y="12.200" width="12" height="2" rx="1" className="fill-current" />
      <path
        d="M12.400 15.200 H19.600 L20.100 19 H11.900 Z M11.600 21 H20.400 L20.900 25 H11.100 Z M10.800 27 H21.200 L21.600 30.500 H10.400 Z"
        className="fill-current"
      />
    </svg>
  );
}
