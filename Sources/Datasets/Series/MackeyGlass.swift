import Configuration

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The Mackey-Glass equation, `y' = 0.2·y(t - tau) / (1 + y(t - tau)^10) - 0.1·y` (Mackey and Glass 1977).
public struct MackeyGlass: Sendable, Hashable {
  public enum Method: String, Sendable, CaseIterable {
    /// Euler's, which with steps of 0.1 is Jaeger's series (GMD report 148, 2001).
    case euler
    /// The classical Runge-Kutta method of fourth order, delayed values between steps interpolated linearly.
    case rungeKutta
  }

  /// The delay; at 17 the system is mildly chaotic, at 30 more so.
  public var tau = 17.0
  public var method = Method.euler
  /// The integration step.
  public var step = 0.1
  /// Integration steps per value of the series.
  public var every = 10
  /// Values discarded at the start.
  public var skipped = 1000
  /// y(t) for t <= 0, about which ``jitter`` spreads it.
  public var start = 1.2
  /// Width of the uniform distribution around ``start`` of the initial values, drawn by ``seed``: another seed gives
  /// another trajectory. Jaeger's program has 0.2.
  public var jitter = 0.0
  public var seed = 0

  public init() {}

  /// `count` values, `every·step` apart.
  public func series(_ count: Int) -> [Double] {
    let delay = Swift.max(1, Int((tau / step).rounded()))
    // A ring of the last values, whose oldest is the delayed one.
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: 0x6d676c617373, index: 0)
    var past = (0...delay).map { _ in start + jitter * (Double(generator.next() >> 11) * 0x1p-53 - 0.5) }
    var (now, values) = (past[0], [Double]())
    values.reserveCapacity(count)
    func slope(_ y: Double, _ delayed: Double) -> Double {
      let square = delayed * delayed
      let fourth = square * square
      return 0.2 * delayed / (1 + fourth * fourth * square) - 0.1 * y
    }
    for index in 0..<(count + skipped) * every {
      if index % every == 0, index / every >= skipped { values.append(now) }
      // past[place] is y(t - tau), the next one y(t - tau + step).
      let place = (index + 1) % (delay + 1)
      let (early, late) = (past[place], past[(place + 1) % (delay + 1)])
      switch method {
      case .euler: now += step * slope(now, early)
      case .rungeKutta:
        let middle = 0.5 * (early + late)
        let k1 = slope(now, early)
        let k2 = slope(now + 0.5 * step * k1, middle)
        let k3 = slope(now + 0.5 * step * k2, middle)
        let k4 = slope(now + step * k3, late)
        now += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
      }
      past[place] = now
    }
    return values
  }
}

extension MackeyGlass {
  fileprivate static let settings: [Setting<MackeyGlass>] = [
    Setting("tau", \.tau, .number(in: 0.1...1000), "delay τ"),
    Setting("method", \.method, .word, "integration: euler, as Jaeger's, or rungeKutta"),
    Setting("step", \.step, .number(in: 1e-3...1), "integration step"),
    Setting("every", \.every, .integer(in: 1...100_000), "integration steps per value"),
    Setting("start", \.start, .number(in: 0...2), "initial value; another one gives another trajectory"),
    Setting(
      "jitter", \.jitter, .number(in: 0...1), "width of the uniform noise on the initial values; Jaeger has 0.2"),
    Setting("seed", \.seed, .integer(in: 0...Int.max), "random seed of the jitter"),
  ]
}

/// The Mackey-Glass series as one-step-ahead prediction.
public struct MackeyGlassSource: DataSource {
  public static let declaration = Declaration(
    "mackeyGlass", "one-step-ahead prediction of the chaotic Mackey-Glass series", standard: MackeyGlassSource(),
    reference: Reference(
      "Mackey and Glass", 1977, "Oscillation and chaos in physiological control systems",
      "https://doi.org/10.1126/science.267326"),
    settings: [
      Setting("train", \.train, .steps, "training steps"),
      Setting("test", \.test, .steps, "test steps, after the training steps"),
    ] + MackeyGlass.settings.of(\.system) + [
      Setting("squashed", \.isSquashed, .flag, "whether values are tanh(y - 1), as Jaeger's, instead of y")
    ])

  public var train = 3000
  public var test = 5000
  public var system = MackeyGlass()
  public var isSquashed = true

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let values = system.series(train + test + 1).map { isSquashed ? tanh($0 - 1) : $0 }
    return try TimeSeries(values).oneStepAhead(
      train: train, test: test, name: "Mackey-Glass",
      origin: "the Mackey-Glass equation with tau \(system.tau), by \(system.method.rawValue)")
  }
}
