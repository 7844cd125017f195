/// Whether runs that differ by their seed alone are trained in one program.
public enum Vectorization: String, Sendable, Hashable, CaseIterable {
  case on, off
  /// On an accelerator yes; on a CPU no, where a batch of small products takes as long as the products one by one,
  /// and concurrent programs are faster. `docs/studies.md` has the times.
  case auto

  /// Runs in one program at most: each keeps its parameters, gradients and activations on the device.
  static let limit = 32

  /// How many runs one program trains at most on a platform, as PJRT names it.
  func groupLimit(platform: String) -> Int {
    switch self {
    case .on: Self.limit
    case .off: 1
    case .auto: platform == "cpu" ? 1 : Self.limit
    }
  }
}
