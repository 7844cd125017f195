import Testing

/// What a suite needs to run. Each suite has exactly one of these tags: `scripts/tests` selects by them, and
/// `RepositoryTests` reports suites without one.
extension Tag {
  /// Swift code alone: milliseconds.
  @Tag public static var unit: Self

  /// Compiles and runs programs with the engine.
  @Tag public static var engine: Self

  /// Starts, interrupts or kills processes.
  @Tag public static var process: Self

  /// Draws pages with a browser.
  @Tag public static var browser: Self
}
