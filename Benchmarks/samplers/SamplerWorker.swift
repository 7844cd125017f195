import Configuration
import Foundation
import Search

/// Draws trials for another program: `compare.py` beside this file.
///
/// A line `search SAMPLER SEED SCALE…`, separated by tabs, begins a search, and `tell LOSS` ends a trial. Each is answered
/// by a line with the next trial's values, separated by tabs.
@main struct SamplerWorker {
  private let sampler: any Sampler
  private let seed: UInt64
  private let space: SearchSpace
  private var history: [TrialResult] = []
  private var values: [OptionValue] = []

  static func main() throws {
    var search: SamplerWorker?
    while let line = readLine() {
      let words = line.split(separator: "\t").map(String.init)
      switch (words.first, words.count) {
      case ("search", 4...): search = try SamplerWorker(Array(words.dropFirst()))
      case ("tell", 2) where search != nil: search?.tell(Double(words[1]) ?? .nan)
      default: throw ConfigurationError.invalid(message: "can't read '\(line)'", origin: "")
      }
      print(try search?.next() ?? "")
      fflush(nil)
    }
  }

  private init(_ words: [String]) throws {
    sampler = try Registry<any Sampler>.all.build(MethodSpec(parsing: words[0]))
    seed = UInt64(words[1]) ?? 0
    space = try SearchSpace(
      words.dropFirst(2).enumerated().map {
        ("setting\($0)", try Registry<any SearchScale>.all.scale(OptionValue(parsing: $1)))
      })
  }

  private mutating func tell(_ loss: Double) {
    history.append(TrialResult(trial: history.count, values: values, loss: loss))
  }

  private mutating func next() throws -> String {
    values = try sampler.values(of: history.count, in: space, seed: seed, history: history)
    return values.map(\.description).joined(separator: "\t")
  }
}
