/** Where a content goes: a new file of so many bytes, and its place on the disk ("2-luks"), unique and steady. */
export interface Spot {
  readonly file: string;
  readonly bytes: number;
  readonly place: string;
}
