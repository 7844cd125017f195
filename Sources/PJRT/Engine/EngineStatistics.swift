/// How often an ``Engine`` compiled, and how often it found a program made before.
public struct EngineStatistics: Sendable, Equatable {
  /// Programs that XLA compiled.
  public var compiled = 0
  /// Programs that came from the disk cache.
  public var loaded = 0
  /// Requests that were met by a program already in memory.
  public var reused = 0
  /// Programs that couldn't be kept on disk.
  public var unkept = 0
  /// Time that XLA took to compile.
  public var compileSeconds = 0.0
  /// Time that loading from disk took.
  public var loadSeconds = 0.0

  public init() {}
}
