import Testing

/// What a suite needs to run. Each suite has exactly one of the first four tags, the last that applies: `scripts/tests`
/// selects by them, and `RepositoryTests` reports suites without one.
extension Tag {
  /// Swift code alone: milliseconds.
  @Tag public static var unit: Self

  /// Compiles and runs programs with the engine.
  @Tag public static var engine: Self

  /// Starts programs, or serves connections.
  @Tag public static var process: Self

  /// Draws pages with a browser.
  @Tag public static var browser: Self

  /// Takes about three seconds of processor time or more, whatever else it needs; `make test-fast` leaves it out.
  @Tag public static var slow: Self
}
