import type { Reporter, TestCase } from "@playwright/test/reporter";

/** Names each test as it begins, so that one that never ends is named too. */
export default class Begun implements Reporter {
  onTestBegin(test: TestCase) {
    console.log(`began: ${test.title}`);
  }
}
