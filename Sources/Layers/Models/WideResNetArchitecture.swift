import Configuration

/// A wide residual network; see ``WideResNet``.
public struct WideResNetArchitecture: Architecture {
  public static let name = "wideResNet"
  public static let summary = "a wide residual network (Zagoruyko and Komodakis 2016)"
  public static let parameters = [
    Parameter("depth", default: 16, "layers along the way, 6n + 4"),
    Parameter("width", default: 4, "filters in multiples of 16, 32 and 64"),
    Parameter("shortcut", default: "projection", "projection (1x1), or poolAndPad as SAM's authors"),
    Parameter("dropout", default: 0, "the probability between a block's convolutions"),
  ]

  public var depth: Int
  public var width: Int
  public var shortcut: WideResNet.Shortcut
  public var dropout: Double

  public init(depth: Int = 16, width: Int = 4, shortcut: WideResNet.Shortcut = .projection, dropout: Double = 0) {
    self.depth = depth
    self.width = width
    self.shortcut = shortcut
    self.dropout = dropout
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    depth = try options.integer("depth", default: 16)
    guard WideResNet.isDepth(depth) else {
      throw .outOfRange(
        key: "depth", value: "\(depth)", range: "6n + 4: 10, 16, 22, 28, …", origin: options.origin(of: "depth"))
    }
    width = try options.integer("width", default: 4, in: 1...1000)
    shortcut = try options.oneOf("shortcut", default: .projection)
    dropout = try options.number("dropout", default: 0, in: 0...0.999)
  }

  public func model(outputs: Int) -> any Layer {
    WideResNet(depth: depth, width: width, outputs: outputs, shortcut: shortcut, dropout: dropout)
  }
}
