import { expect, test } from "vitest";
import { columns } from "../../src/parts/columns";

test.each([
  ["a,b,c\n1,2,3", ["a", "b", "c"]],
  ["\uFEFFa;b\r\n1;2", ["a", "b"]],
  ["a|b\n", ["a", "b"]],
  ['"a, b",c', ["a, b", "c"]],
  ["", []],
])("the columns of %j", (csv, names) => {
  expect(columns(csv)).toEqual(names);
});
