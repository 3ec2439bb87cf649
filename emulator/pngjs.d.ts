/** The two functions of pngjs used here; the package ships no types of its own. */
declare module "pngjs" {
  interface Picture {
    width: number;
    height: number;
    /** RGBA, row by row. */
    data: Buffer;
  }
  interface PackOptions {
    colorType?: number;
    inputColorType?: number;
    inputHasAlpha?: boolean;
    deflateLevel?: number;
    deflateStrategy?: number;
    filterType?: number;
  }
  export const PNG: {
    sync: {
      write(picture: Picture, options?: PackOptions): Buffer;
      read(bytes: Buffer): Picture;
    };
  };
}
