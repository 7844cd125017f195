import Configuration
import Foundation

/// A trainable vector for each integer in `0..<count`: `[batch, …]` to `[batch, …, size]`, table `[count, size]`.
///
/// Integers out of range have vectors of NaN: any others would train and predict as if nothing were wrong.
public struct Embedding: ComposableLayer {
  public static let declaration = Declaration(
    "embedding", "a trainable vector for each integer", standard: Embedding(0, size: 64),
    settings: [
      .required(
        "count", \.count, .integer(in: 1...100_000_000), "how many integers there are, from 0",
        example: "embedding(count: 1000)"),
      Setting("size", \.size, .integer(in: 1...1_000_000), "elements of each vector"),
      Setting("table", \.table, .method, "initializer of the vectors"),
    ], unnamed: 2)

  public var count: Int
  public var size: Int
  public var table: any Initializer

  /// - Parameter table: by default Keras' initializer; PyTorch draws from a normal distribution with σ = 1.
  public init(_ count: Int, size: Int, table: any Initializer = .uniform(limit: 0.05)) {
    self.count = count
    self.size = size
    self.table = table
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard count > 0, size > 0 else {
      let message = "needs a count and a size of 1 or more, not \(count) and \(size)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let vectors = scope.parameter("table", [count, size], table).take(x)
    guard x.dtype.isInteger, vectors.diagnostic == nil else { return vectors }
    // In a type that holds the count as well.
    let integers = x.dtype.byteCount < 4 ? x.cast(to: .int32) : x
    let isKnown = (integers .>= 0) .& (integers .< Double(count))
    return Tensor.select(isKnown.expand(at: x.rank), vectors, Tensor(.nan, dtype: vectors.dtype))
  }
}

/// Adds a trainable vector per position to sequences `[batch, time, size]`: `table [length, size]`.
public struct PositionalEmbedding: ComposableLayer {
  public static let declaration = Declaration(
    "positionalEmbedding", "adds a trainable vector per position of a sequence", standard: PositionalEmbedding(),
    reference: Reference(
      "Gehring et al.", 2017, "Convolutional Sequence to Sequence Learning", "https://arxiv.org/abs/1705.03122"),
    settings: [
      Setting(
        "length", \.length, .optional(.integer(in: 1...100_000_000), none: "input", standing: 1),
        "positions; 'input' are as many as the input has"),
      Setting("table", \.table, .method, "initializer of the vectors"),
    ])

  /// The positions of the longest sequence; nil for those of the input.
  public var length: Int?
  public var table: any Initializer

  public init(length: Int? = nil, table: any Initializer = .normal(deviation: 0.05)) {
    (self.length, self.table) = (length, table)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 3, x.shape[1] <= length ?? x.shape[1] else {
      let message = "takes sequences [batch, time, size] of \(length.map { "up to \($0)" } ?? "some") steps"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let table = scope.parameter("table", [length ?? x.shape[1], x.shape.last], table)
    return x + table.slice(0..<x.shape[1], axis: 0)
  }
}

/// Adds sines and cosines of the position to sequences `[batch, time, size]`: element `2i` gets
/// `sin(position / 10000^(2i/size))`, element `2i + 1` the cosine (Vaswani et al. 2017,
/// https://arxiv.org/abs/1706.03762).
public struct SinusoidalEncoding: ComposableLayer {
  public static let declaration = Declaration(
    "sinusoidalEncoding", "adds sines and cosines of the position to a sequence", standard: SinusoidalEncoding(),
    reference: .transformer,
    settings: [Setting("longest", \.longest, .positive, "the longest wave's length, divided by 2π")])

  /// The longest wave's length, divided by 2π.
  public var longest: Double

  public init(longest: Double = 10_000) { self.longest = longest }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 3, x.shape[1] * x.shape[2] <= 1 << 28, longest > 0, x.dtype.isFloatingPoint else {
      let message = "takes sequences of numbers [batch, time, size], with waves longer than 0"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let (steps, size) = (x.shape[1], x.shape[2])
    // A frequency per pair of elements; computed in double precision, since positions may be large.
    let position = Tensor.iota([steps, size], axis: 0, dtype: .float64)
    let element = Tensor.iota([steps, size], axis: 1, dtype: .float64)
    let pair = (element / 2).floor() * 2
    let angle = position * (pair * (-Foundation.log(longest) / Double(Swift.max(1, size)))).exp()
    let waves = Tensor.select(pair .== element, angle.sin(), angle.cos())
    return x + waves.cast(to: x.dtype)
  }
}
