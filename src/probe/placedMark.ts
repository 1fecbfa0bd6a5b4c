/** A class's constructor that gives back what it is given: the fields of one that extends it are put on that. */
const Given = function (object: object) {
  return object;
} as unknown as new (object: object) => object;

/** Marks an object of the program's by a private field, which nobody sees and a frozen object takes, at a thirtieth of the cost of an entry in a WeakSet. */
export class PlacedMark extends Given {
  readonly #isPlaced = true;

  static put(object: object): void {
    if (!(#isPlaced in object)) new PlacedMark(object);
  }

  static isOn(object: object): boolean {
    return #isPlaced in object;
  }
}
