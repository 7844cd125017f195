import Configuration

/// The network of article 4: three blocks of three 3x3 convolutions, each with batch normalization and ReLU, a
/// 2x2 average between blocks, a global average and a dense output.
///
/// For 32x32 images of 3 channels and 10 classes 1,927,946 parameters, of which 2,688 are running statistics.
public struct NineConvArchitecture: Architecture {
  public static let name = "nineConv"
  public static let summary = "article 4's nine convolutions with batch normalization"
  public static let parameters = [
    Parameter("filters", default: "[64, 128, 256]", "filters of each block's convolutions"),
    Parameter("repeats", default: 3, "convolutions of a block"),
    Parameter("momentum", default: 0.99, "part of the running statistics that a step keeps, as Keras has it"),
  ]

  public var filters: [Int]
  public var repeats: Int
  public var normalization: BatchNormConvention

  public init(filters: [Int] = [64, 128, 256], repeats: Int = 3, normalization: BatchNormConvention = .keras) {
    self.filters = filters
    self.repeats = repeats
    self.normalization = normalization
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    filters = try options.integers("filters", default: filters, in: 1...100_000)
    repeats = try options.integer("repeats", default: repeats, in: 1...100)
    normalization.kept = try options.number("momentum", default: normalization.kept, in: 0...1)
  }

  public func model(outputs: Int) -> any Layer {
    ImageModel(label: Self.name) {
      for (block, filters) in self.filters.enumerated() {
        if block > 0 { AveragePool2D() }
        for _ in 0..<Swift.max(0, repeats) {
          Conv2D(filters, size: 3, padding: .same)
          BatchNorm(normalization, activation: ReLU())
        }
      }
      GlobalAveragePool2D()
      Dense(outputs)
    }
  }
}
