/// Why ``NumPyRandomState`` can't draw what was asked.
public enum NumPyRandomStateError: Error, Equatable, Sendable, CustomStringConvertible {
  case emptyRange(low: Int, high: Int)
  case populationTooSmall(population: Int, count: Int)

  public var description: String {
    switch self {
    case .emptyRange(let low, let high):
      "there is no integer in \(low)..<\(high): give a high end above the low one"
    case .populationTooSmall(let population, let count):
      "\(count) values can't be drawn from \(population) without putting any back: ask for fewer, or replace"
    }
  }
}
