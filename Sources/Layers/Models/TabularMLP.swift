import Configuration

/// A multilayer perceptron for tables: each category is a trained vector, and these vectors follow the row's numbers.
/// "Entity embeddings of categorical variables" (Guo and Berkhahn 2016, https://arxiv.org/abs/1604.06737).
///
/// ```swift
/// // Rows of five inputs, of which the last two are categories, out of 4 and 10.
/// let model = TabularMLP([32, 3], categories: [4, 10], embedding: 8)
/// print(try model.summary(for: TensorType(.float32, [1, 5])))
/// ```
/// The paths are `embedding1`, `embedding2`, …, then those of an ``MLP``.
public struct TabularMLP: Layer {
  /// The units of each layer; the last are the outputs.
  public var units: [Int]
  /// For each of the inputs at the end, how many categories there are. They are numbered from 0.
  public var categories: [Int]
  /// The length of a category's vector.
  public var embedding: Int
  public var activation: any Activation
  public var kernel: any Initializer

  public init(
    _ units: [Int], categories: [Int], embedding: Int = 8, activation: any Activation = ReLU(),
    kernel: any Initializer = .heNormal
  ) {
    self.units = units
    self.categories = categories
    self.embedding = embedding
    self.activation = activation
    self.kernel = kernel
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let numbers = x.shape.last - categories.count
    guard x.rank == 2, numbers >= 0 else {
      let message = "takes [batch, inputs], the last \(categories.count) of which are categories"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    // The greatest whole number up to which all of them have a value in the type.
    let exact: [DType: Int] = [.bfloat16: 256, .float16: 2048]
    if let most = categories.max(), let limit = exact[x.dtype], most > limit {
      let message = "has \(most) categories, but \(x.dtype) can number \(limit): compute in float32"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    var parts = numbers > 0 ? [x.slice(0..<numbers, axis: 1)] : []
    for (index, count) in categories.enumerated() {
      let column = x.slice(numbers + index..<numbers + index + 1, axis: 1).squeeze(1).cast(to: .int32)
      parts.append(Embedding(count, size: embedding)(column, in: scope["embedding\(index + 1)"]))
    }
    let joined = parts.count == 1 ? parts[0] : Tensor.concatenate(parts, axis: 1)
    return MLP(units, activation: activation, kernel: kernel).forward(joined, in: scope)
  }
}

/// A multilayer perceptron for tables by name; see ``TabularMLP``.
public struct TabularMLPArchitecture: Architecture {
  public static let declaration = Declaration(
    "tabularMLP", "multilayer perceptron for tables, with a trained vector for each category",
    standard: TabularMLPArchitecture(),
    reference: Reference(
      "Guo and Berkhahn", 2016, "Entity Embeddings of Categorical Variables", "https://arxiv.org/abs/1604.06737"),
    settings: [
      Setting("hidden", \.hidden, .integers(in: 1...1_000_000), "units of the hidden layers"),
      Setting("embedding", \.embedding, .integer(in: 1...100_000), "length of a category's vector"),
      Setting("activation", \.activation, .method, "activation of the hidden layers"),
      Setting("kernel", \.kernel, .method, "initializer of the kernels"),
    ])

  public var hidden: [Int]
  public var embedding: Int
  public var activation: any Activation
  public var kernel: any Initializer

  public init(
    hidden: [Int] = [100, 50], embedding: Int = 8, activation: any Activation = ReLU(),
    kernel: any Initializer = .heNormal
  ) {
    self.hidden = hidden
    self.embedding = embedding
    self.activation = activation
    self.kernel = kernel
  }

  public var takesCategories: Bool { true }

  public func model(outputs: Int) -> any Layer { model(for: ModelInputs(), outputs: outputs) }

  public func model(for inputs: ModelInputs, outputs: Int) -> any Layer {
    TabularMLP(
      hidden + [outputs], categories: inputs.categories, embedding: embedding, activation: activation, kernel: kernel)
  }
}
