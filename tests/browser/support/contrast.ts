/** Whether text can be told from what is behind it, as the browser has computed both. */

import type { Page } from "playwright-core";

/** The texts whose contrast is less than WCAG asks for at level AA, 4.5 to 1, with what it is. Text on pictures is left out. */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = [red: number, green: number, blue: number, alpha: number];
    const context = document
      .createElement("canvas")
      .getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;

    /** Whatever the notation: drawn, and looked at. */
    function read(text: string): Colour {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = text;
      context.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    }
    function over([r, g, b, a]: Colour, [R, G, B]: Colour): Colour {
      return [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
    }
    function behind(element: Element | null): Colour {
      if (!element) return read("Canvas");
      const own = read(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, behind(element.parentElement));
    }
    function luminance([r, g, b]: Colour): number {
      const linear = (share: number) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
      const [red = 0, green = 0, blue = 0] = [r, g, b].map((one) => linear(one / 255));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }

    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement as HTMLElement;
      const words = (texts.currentNode.textContent ?? "").trim();
      if (words === "" || !element.checkVisibility() || element.closest(".visually-hidden, .badge, .skip, noscript"))
        continue;
      const ground = behind(element);
      const ink = over(read(getComputedStyle(element).color), ground);
      const [high = 0, low = 0] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < 4.5) found.push(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`);
    }
    return found;
  });
}
