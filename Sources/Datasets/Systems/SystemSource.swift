import Arrays
import Configuration

/// How a system becomes a series.
public struct SystemSampling: Sendable, Hashable {
  public var train: Int
  public var test: Int
  /// Steps of the system from one value of the series to the next.
  public var every: Int
  /// Values left out at the start.
  public var skipped: Int
  public var scale: Double
  /// Another seed gives another trajectory.
  public var seed = 0
  /// How a flow is computed; maps have one way.
  public var integrator = Integrator.rungeKutta

  public init(train: Int = 5000, test: Int = 2000, every: Int = 1, skipped: Int = 1000, scale: Double = 1) {
    (self.train, self.test, self.every, self.skipped, self.scale) = (train, test, every, skipped, scale)
  }

  static let settings: [Setting<SystemSampling>] = [
    Setting("train", \.train, .steps, "training steps"),
    Setting("test", \.test, .steps, "test steps, after the training steps"),
    Setting("every", \.every, .integer(in: 1...100_000), "steps of the system per value of the series"),
    Setting("skipped", \.skipped, .integer(in: 0...10_000_000), "values left out at the start"),
    Setting("scale", \.scale, .number(in: 1e-6...1e6), "scale factor of the values"),
    Setting("seed", \.seed, .integer(in: 0...Int.max), "another seed gives another trajectory"),
  ]
}

extension SystemSampling {
  static let flowSettings: [Setting<SystemSampling>] =
    settings + [
      Setting(
        "method", \.integrator, .word,
        "integration: rungeKutta, of fourth order in equal steps, or bogackiShampine, SciPy's RK23 with its tolerance of 1e-3"
      )
    ]
}

/// A dynamical system's series as one-step-ahead prediction.
protocol SystemSource: DataSource {
  associatedtype System: DynamicalSystem
  var system: System { get }
  var sampling: SystemSampling { get set }
}

extension SystemSource {
  public var isSeries: Bool { true }

  /// - Throws: ``DatasetError`` if the system grows without bound.
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let (count, channels) = (sampling.train + sampling.test + 1, system.dimension)
    let start = system.start(seed: sampling.seed)
    let values =
      if sampling.integrator == .bogackiShampine, let flow = system as? any Flow {
        flow.bogackiShampineSeries(
          count, interval: flow.step * Double(sampling.every), skipped: sampling.skipped, from: start)
      } else {
        system.series(count, every: sampling.every, skipped: sampling.skipped, from: start)
      }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw DatasetError(
        .invalidArgument(
          name: "the settings of \(Self.name)", value: "\(try spec())",
          allowed: "others: the system isn't finite any more at value \(place / channels)"))
    }
    return try TimeSeries(values.map { $0 * sampling.scale }, channels: channels).oneStepAhead(
      train: sampling.train, test: sampling.test, name: Self.name, origin: "computed: \(Self.declaration.summary)")
  }
}
