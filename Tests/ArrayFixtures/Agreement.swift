import Tensors

extension Tensor {
  /// The elements as doubles, whatever the element type.
  public func doubles() throws -> [Double] { try cast(to: .float64).values() }
}

/// Whether numbers agree, relatively where they are greater than 1; NaN agrees with nothing.
public func agree(_ found: [Double], _ expected: [Double], within tolerance: Double) -> Bool {
  found.count == expected.count && worstError(found, expected) <= tolerance
}

/// The greatest error, relative where the expected number is greater than 1.
public func worstError(_ found: [Double], _ expected: [Double]) -> Double {
  zip(found, expected).map { found, expected in
    let error = found == expected ? 0 : (found - expected).magnitude / max(1, expected.magnitude)
    return error.isNaN ? .infinity : error
  }.max() ?? 0
}
