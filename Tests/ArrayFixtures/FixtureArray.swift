import Foundation
import Tensors

/// An array of a fixture.
public struct FixtureArray: Decodable, Sendable {
  public let dtype: String
  public let shape: [Int]
  public let values: [FixtureNumber]

  public var numbers: [Double] { values.map(\.value) }

  public func tensor() throws -> Tensor {
    guard let type = DType.allCases.first(where: { "\($0)" == dtype }) else {
      throw CocoaError(.fileReadCorruptFile, userInfo: [NSLocalizedDescriptionKey: "no element type '\(dtype)'"])
    }
    return Tensor(numbers, shape: Shape(shape)).cast(to: type)
  }
}
