import Tensors

/// An array there, and what it is here.
struct WeightPlace {
  enum Source {
    /// One array.
    case one(String)
    /// Several of one shape, along a new first axis.
    case stacked([String])
    /// The sum of several; read, the first is all of it.
    case sum([String])
    /// Zeros, beside another place for the array; what is read is added to that.
    case addend(String)
  }

  let name: String
  let source: Source
  /// From each array here to the one there.
  var moves: [WeightMove] = []

  /// The arrays here.
  var paths: [String] {
    switch source {
    case .one(let path), .addend(let path): [path]
    case .stacked(let paths), .sum(let paths): paths
    }
  }

  /// The array there, not computed.
  func there(_ variables: TensorTree) -> Tensor? {
    let parts = paths.compactMap { variables[$0] }.map { moves.reduce($0) { $1.there($0) } }
    guard let first = parts.first else { return nil }
    return switch source {
    case .one: first
    case .stacked: .stack(parts)
    case .sum: parts.dropFirst().reduce(first) { $0 + $1 }
    case .addend: first.zerosLike()
    }
  }

  /// The arrays here by their paths, from the one there.
  func here(_ array: Tensor) -> [(path: String, tensor: Tensor)] {
    func back(_ tensor: Tensor) -> Tensor { moves.reversed().reduce(tensor) { $1.here($0) } }
    return switch source {
    case .one(let path), .addend(let path): [(path, back(array))]
    case .stacked(let paths): paths.enumerated().map { ($1, back(array[$0])) }
    case .sum(let paths): paths.enumerated().map { ($1, $0 == 0 ? back(array) : back(array).zerosLike()) }
    }
  }
}
