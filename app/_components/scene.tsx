// The picture behind quiet pages: a lighthouse by the sea, lit or dark. Decoration only, hidden from assistive technology.
// Three layers share one view box; the beam is a layer of its own so that turning it repaints nothing.

import type { ReactNode } from 'react';

/** None where the words are: a star beside a word reads as a full stop. */
// biome-ignore format: a table of x and y
const STARS = [
  [60, 90], [148, 212], [231, 64], [310, 160], [402, 48], [548, 112], [640, 66], [702, 196], [776, 120],
  [842, 44], [904, 232], [968, 88], [1010, 176], [1180, 62], [1236, 190], [1302, 104], [1366, 228], [1412, 58],
  [1330, 352], [1254, 288], [1400, 420], [24, 250],
] as const;

export function Scene({ lit = true }: { lit?: boolean }) {
  return (
    <div className="scene" data-lit={lit} aria-hidden="true">
      <Layer>
        {STARS.map(([x, y], index) => (
          <circle key={x} className="star" cx={x} cy={y} r={index % 4 === 0 ? 1.8 : 1.1} />
        ))}
        {lit ? <Halo /> : null}
        <path className="sea-far" d="M0 726 C240 712 420 734 660 722 S1120 712 1440 728 V900 H0 Z" />
        <path className="sea-mid" d="M0 782 C200 766 380 796 620 778 S1060 770 1440 790 V900 H0 Z" />
      </Layer>
      {lit ? <Beam /> : null}
      <Layer>
        <Rock />
        <Tower />
        <Lantern />
        <path className="sea-near" d="M0 838 C190 818 330 858 540 842 S900 822 1090 846 S1330 862 1440 838 V900 H0 Z" />
      </Layer>
    </div>
  );
}

function Layer({ className, children }: { className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: hidden from assistive technology with the whole scene
    <svg className={className} viewBox="0 0 1440 900" preserveAspectRatio="xMaxYMax slice" focusable="false">
      {children}
    </svg>
  );
}

function Halo() {
  return (
    <>
      <radialGradient id="halo">
        <stop offset="0" stopColor="var(--beam-air)" stopOpacity="0.42" />
        <stop offset="0.35" stopColor="var(--beam-air)" stopOpacity="0.12" />
        <stop offset="1" stopColor="var(--beam-air)" stopOpacity="0" />
      </radialGradient>
      <circle cx="1090" cy="302" r="330" fill="url(#halo)" />
    </>
  );
}

function Beam() {
  return (
    <Layer className="beam">
      <linearGradient id="beam-left" gradientUnits="userSpaceOnUse" x1="1090" y1="0" x2="-160" y2="0">
        <stop offset="0" stopColor="var(--beam-air)" stopOpacity="0.7" />
        <stop offset="0.4" stopColor="var(--beam-air)" stopOpacity="0.2" />
        <stop offset="1" stopColor="var(--beam-air)" stopOpacity="0" />
      </linearGradient>
      <linearGradient id="beam-right" gradientUnits="userSpaceOnUse" x1="1090" y1="0" x2="1500" y2="0">
        <stop offset="0" stopColor="var(--beam-air)" stopOpacity="0.55" />
        <stop offset="1" stopColor="var(--beam-air)" stopOpacity="0" />
      </linearGradient>
      <filter id="soft" x="-20%" y="-20%" width="140%" height="140%">
        <feGaussianBlur stdDeviation="9" />
      </filter>
      <g filter="url(#soft)">
        <path d="M1100 302 L-420 84 L-420 610 Z" fill="url(#beam-left)" opacity="0.5" />
        <path d="M1094 302 L-420 178 L-420 506 Z" fill="url(#beam-left)" opacity="0.75" />
        <path d="M1082 302 L1900 186 L1900 440 Z" fill="url(#beam-right)" />
      </g>
    </Layer>
  );
}

function Rock() {
  return (
    <path
      className="rock"
      d="M866 868 C900 800 942 772 986 752 C1006 724 1030 708 1060 702 H1128 C1160 708 1182 726 1206 748 C1262 768 1312 812 1352 868 Z"
    />
  );
}

function Tower() {
  return (
    <>
      <path className="tower" d="M1060 346 H1120 L1146 708 H1034 Z" />
      <path className="tower-shade" d="M1098 346 H1120 L1146 708 H1106 Z" />
      <path className="band" d="M1053.5 436 H1126.5 L1132.6 522 H1047.4 Z" />
      <path className="band-shade" d="M1100 436 H1126.5 L1132.6 522 H1102 Z" />
      <path className="band" d="M1041.2 608 H1138.8 L1145 694 H1035 Z" />
      <path className="band-shade" d="M1104 608 H1138.8 L1145 694 H1106 Z" />
      <path className="lantern" d="M1080 668 a10 10 0 0 1 20 0 V708 H1080 Z" />
      <rect className="lantern" x="1084" y="392" width="12" height="20" rx="6" />
      <rect className="lantern" x="1084" y="556" width="12" height="20" rx="6" />
    </>
  );
}

function Lantern() {
  return (
    <>
      <rect className="lantern" x="1040" y="334" width="100" height="12" rx="4" />
      <path
        className="rail"
        d="M1046 334 V314 M1068 334 V314 M1112 334 V314 M1134 334 V314 M1042 314 H1138"
        fill="none"
      />
      <rect className="lantern" x="1064" y="270" width="52" height="66" rx="4" />
      <rect className="lamp" x="1070" y="278" width="40" height="50" rx="3" />
      <path className="rail" d="M1083 278 V328 M1097 278 V328" fill="none" opacity="0.55" />
      <path className="lantern" d="M1058 272 C1060 246 1076 236 1090 234 C1104 236 1120 246 1122 272 Z" />
      <rect className="lantern" x="1087" y="212" width="6" height="26" rx="3" />
    </>
  );
}
