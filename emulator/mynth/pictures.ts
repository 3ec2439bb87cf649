/**
 * Draws a picture from a text: the same text gives the same pixels, another text another picture.
 *
 * Pure: text and size in, RGBA out. Three scenes (hills, silk, orbs) in eight palettes. Texts with
 * the same first line are one subject: the same scene, in palettes that are neighbours.
 */

import { createHash } from "node:crypto";

type Colour = readonly [number, number, number];
type Chance = () => number;
/** The colour at a pixel, given in pixels from the top left. */
type Scene = (x: number, y: number) => Colour;

interface Palette {
  high: Colour;
  low: Colour;
  light: Colour;
  far: Colour;
  near: Colour;
}

function hex(text: string): Colour {
  const value = Number.parseInt(text, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

const PALETTES: readonly Palette[] = [
  ["1b2a59", "f7a072", "ffe3b3", "b5647b", "1c1735"],
  ["0b132b", "3a506b", "f4f1de", "2c4a63", "070d1c"],
  ["4aa3c7", "fde8c9", "fffaf0", "8fb9aa", "1e4d4a"],
  ["6a3d7c", "ffb4a2", "fff0db", "b5838d", "35214a"],
  ["f08a4b", "ffe0a3", "fffdf2", "d98e5f", "5a2a27"],
  ["0f4c5c", "9ad1c9", "fefae0", "4f9d8f", "0a2a33"],
  ["2d3a8c", "c8b6ff", "fdf7ff", "7a6fd0", "17153f"],
  ["274029", "e9d985", "fffbe0", "8aa05a", "13261a"],
].map(([high, low, light, far, near]) => ({
  high: hex(high as string),
  low: hex(low as string),
  light: hex(light as string),
  far: hex(far as string),
  near: hex(near as string),
}));

/** mulberry32: small, fast, and the same everywhere. */
function chanceFrom(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mix(from: Colour, to: Colour, share: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

/** 0 below `from`, 1 above `to`, soft between. */
function smooth(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}

/** A skyline: long waves with ever smaller ones on top. Heights by column, about -1 to 1. */
function skyline(chance: Chance, width: number, roughness: number): Float64Array {
  const heights = new Float64Array(width);
  let size = 0.6;
  for (let octave = 0, frequency = 1 + chance() * 1.5; octave < 6; octave += 1, frequency *= 1.9 + chance() * 0.3) {
    const phase = chance() * Math.PI * 2;
    for (let x = 0; x < width; x += 1) {
      heights[x] = (heights[x] as number) + size * Math.sin((x / width) * frequency * Math.PI * 2 + phase);
    }
    size *= roughness;
  }
  return heights;
}

/** Ridges one behind another under a low sun, paler with distance. */
function hills(chance: Chance, palette: Palette, width: number, height: number): Scene {
  const layers = 4 + Math.floor(chance() * 3);
  const sunX = width * (0.2 + chance() * 0.6);
  const sunY = height * (0.18 + chance() * 0.27);
  const unit = Math.min(width, height);
  const radius = unit * (0.05 + chance() * 0.07);
  const ridges = Array.from({ length: layers }, (_, layer) => {
    const depth = (layer + 1) / layers;
    const line = skyline(chance, width, 0.35 + 0.12 * (1 - depth));
    return line.map((value) => height * (0.44 + 0.46 * depth ** 1.15) - value * height * (0.05 + 0.04 * depth));
  });
  const tints = ridges.map((_, layer) => mix(palette.far, palette.near, (layer / (layers - 1)) ** 0.8));
  return (x, y) => groundOrSky(x, y, layers - 1);

  /** What is seen at a pixel of this layer and those behind it. */
  function groundOrSky(x: number, y: number, layer: number): Colour {
    if (layer < 0) return sky(x, y);
    const below = y - ((ridges[layer] as Float64Array)[x] as number);
    if (below < 0) return groundOrSky(x, y, layer - 1);
    // Mist gathers at the foot of each ridge.
    const mist = smooth(0, height * 0.3, below) * 0.45 * (1 - layer / layers);
    const ground = mix(tints[layer] as Colour, palette.low, mist);
    return below < 1 ? mix(groundOrSky(x, y, layer - 1), ground, below) : ground;
  }

  function sky(x: number, y: number): Colour {
    const air = mix(palette.high, palette.low, smooth(0, 0.62, y / height));
    const distance = Math.hypot(x - sunX, y - sunY);
    const glow = Math.exp(-distance / (unit * 0.22)) * 0.65;
    const disc = 1 - smooth(radius - 1, radius + 1, distance);
    return mix(mix(air, palette.light, glow), palette.light, disc);
  }
}

/** Folded cloth: waves bent by waves, lit along their slope. */
function silk(chance: Chance, palette: Palette, width: number, height: number): Scene {
  const unit = Math.max(width, height);
  const [a, b, c, d] = [chance() * 6.3, chance() * 6.3, chance() * 6.3, chance() * 6.3];
  const turn = chance() * Math.PI;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const folds = 3.5 + chance() * 3.5;
  return (x, y) => {
    const u = ((x * cos + y * sin) / unit) * folds;
    const v = ((y * cos - x * sin) / unit) * folds;
    const bend = Math.sin(v * 1.7 + a) + 0.5 * Math.sin(u * 1.3 + v * 2.1 + b);
    const wave = u * 2.2 + bend * 1.1;
    const rise = 0.5 + 0.5 * Math.sin(wave + c);
    const slope = Math.cos(wave + c + 0.4 * Math.sin(v * 3 + d));
    const cloth = mix(mix(palette.near, palette.far, rise), palette.low, smooth(0.6, 1, rise));
    const shine = smooth(0.55, 1, slope) * 0.5 * (0.6 + 0.4 * Math.sin(v * 2 + d));
    return mix(mix(cloth, palette.high, (1 - rise) * 0.25), palette.light, Math.max(0, shine));
  };
}

interface Orb {
  x: number;
  y: number;
  radius: number;
  tint: Colour;
  opacity: number;
}

/** Glass spheres of many sizes, afloat before a soft sky. */
function orbs(chance: Chance, palette: Palette, width: number, height: number): Scene {
  const unit = Math.min(width, height);
  const tints = [palette.far, palette.low, palette.light, palette.high];
  const all = Array.from(
    { length: 9 + Math.floor(chance() * 7) },
    (): Orb => ({
      x: chance() * width,
      y: chance() * height,
      radius: unit * (0.04 + 0.22 * chance() ** 2),
      tint: tints[Math.floor(chance() * tints.length)] as Colour,
      opacity: 0.45 + chance() * 0.4,
    }),
  ).sort((one, other) => one.radius - other.radius);
  return (x, y) => {
    let colour = mix(palette.high, palette.near, smooth(0, 1, (y / height) * 0.8 + (x / width) * 0.2));
    for (const orb of all) {
      const dx = (x - orb.x) / orb.radius;
      const dy = (y - orb.y) / orb.radius;
      const distance = dx * dx + dy * dy;
      if (distance > 1.05) continue;
      const edge = 1 - smooth(1 - 3 / orb.radius, 1, Math.sqrt(distance));
      const shade = mix(orb.tint, palette.near, smooth(-0.6, 1.6, dx * 0.5 + dy * 0.9));
      const glint = Math.exp(-((dx + 0.38) ** 2 + (dy + 0.42) ** 2) * 9) * 0.8;
      colour = mix(colour, mix(shade, palette.light, glint), edge * orb.opacity);
    }
    return colour;
  };
}

const SCENES = [hills, silk, hills, orbs] as const;

/** How many palettes the pictures of one subject share. */
const NEIGHBOURS = 3;

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** RGBA bytes, row by row, opaque. */
export function drawPicture(text: string, width: number, height: number): Buffer {
  const subject = digestOf(text.split("\n", 1)[0] as string);
  const variation = digestOf(text);
  const chance = chanceFrom(variation.readUInt32BE(0));
  const hue = subject.readUInt8(4) + (variation.readUInt8(4) % NEIGHBOURS);
  const palette = PALETTES[hue % PALETTES.length] as Palette;
  const make = SCENES[subject.readUInt8(5) % SCENES.length] as (typeof SCENES)[number];
  const scene = make(chance, palette, width, height);
  const pixels = Buffer.alloc(width * height * 4, 255);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 4) {
      const [red, green, blue] = scene(x, y);
      pixels[at] = Math.min(255, Math.max(0, red));
      pixels[at + 1] = Math.min(255, Math.max(0, green));
      pixels[at + 2] = Math.min(255, Math.max(0, blue));
    }
  }
  return pixels;
}
