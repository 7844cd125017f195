import Configuration

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A wireless channel that spreads symbols in time, distorts and disturbs them (Mathews and Lee 1994, as in Jaeger and
/// Haas 2004).
///
/// Symbols d from {-3, -1, 1, 3} become `q[n] = 0.08·d[n+2] - 0.12·d[n+1] + d[n] + 0.18·d[n-1] - 0.1·d[n-2] +
/// 0.091·d[n-3] -
/// 0.05·d[n-4] + 0.04·d[n-5] + 0.03·d[n-6] + 0.01·d[n-7]`, and are received as `u = q + 0.036·q² - 0.011·q³ + noise`.
public struct Channel: Sendable, Hashable {
  /// The signal's power over the noise's, in decibels.
  public var signalToNoise = 32.0

  public init() {}

  static let taps = [0.08, -0.12, 1, 0.18, -0.1, 0.091, -0.05, 0.04, 0.03, 0.01]

  /// Symbols and what is received of them: step n has u[n], and d[n - 2], which is to be found.
  public func transmission(_ count: Int, seed: Int) -> (received: [Double], symbols: [Double]) {
    func generator(_ stream: UInt64) -> SplitMix64 {
      SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: stream, index: 0)
    }
    // Element n + 7 is d[n].
    var source = generator(0x7379_6d62)
    let symbols = (0..<count + 9).map { _ in Double(2 * source.index(below: 4) - 3) }
    let signal = (0..<count).map { step in
      let q = Self.taps.indices.reduce(0) { $0 + Self.taps[$1] * symbols[step + 9 - $1] }
      return q + 0.036 * q * q - 0.011 * q * q * q
    }
    let power = signal.reduce(0) { $0 + $1 * $1 } / Double(Swift.max(1, count))
    let deviation = (power / pow(10, signalToNoise / 10)).squareRoot()
    var noise = generator(0x6e6f_6973)
    return (signal.map { $0 + deviation * noise.normal() }, (0..<count).map { symbols[$0 + 5] })
  }
}

/// What a channel received as inputs, and the symbols that were sent two steps before as targets.
public struct ChannelSource: DataSource {
  public static let declaration = Declaration(
    "channel", "signals received from a nonlinear channel, and the symbols sent two steps before",
    standard: ChannelSource(),
    reference: Reference(
      "Jaeger and Haas", 2004,
      "Harnessing Nonlinearity: Predicting Chaotic Systems and Saving Energy in Wireless Communication",
      "https://doi.org/10.1126/science.1091277"),
    settings: [
      Setting("train", \.train, .steps, "training symbols"),
      Setting("test", \.test, .steps, "test symbols, after the training symbols"),
      Setting("snr", \.channel.signalToNoise, .number(in: -50...200), "signal-to-noise ratio in decibels"),
      Setting("shift", \.shift, .finite, "added to what is received; Jaeger and Haas have 30"),
      Setting("seed", \.seed, .integer(in: 0...Int.max), "random seed of symbols and noise"),
    ])

  public var train = 5000
  public var test = 20_000
  public var channel = Channel()
  public var shift = 0.0
  public var seed = 0

  public init() {}

  public var isSeries: Bool { true }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let (received, symbols) = channel.transmission(train + test, seed: seed)
    return try TimeSeries.pair(
      train, test, inputs: TimeSeries(received.map { $0 + shift }), targets: TimeSeries(symbols), "channel",
      "symbols through a nonlinear channel, seed \(seed), with a signal-to-noise ratio of \(channel.signalToNoise) dB")
  }
}
