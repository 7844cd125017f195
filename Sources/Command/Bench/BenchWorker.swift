import Foundation
import Tanren

/// A benchmark's line protocol: JSON objects on standard output, `run` on standard input.
struct BenchWorker {
  private let output = Terminal(.standardOutput, isInteractive: false)

  /// - Parameter members: of the JSON object.
  func say(_ members: String, withFramework: Bool = false) {
    output.write("{" + (withFramework ? "\"framework\": \"Tanren \(TanrenCommand.version)\", " : "") + members + "}\n")
  }

  func ready(data: String) {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    say("\"ready\": true, \"threads\": \(threads), \"data\": \"\(data)\"", withFramework: true)
  }

  func fail(_ error: any Error) {
    let line = "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    say("\"error\": \(Self.text(line))")
  }

  /// Whether another round is wanted: waits for the harness.
  func isAskedForRound() -> Bool { readLine()?.trimmingCharacters(in: .whitespaces) == "run" }

  /// Does a round that isn't counted, then one whenever asked.
  func serve(_ rounds: some BenchRounds, data: String) {
    do {
      _ = try rounds.round()
      ready(data: data)
      let clock = ContinuousClock()
      while isAskedForRound() {
        let start = clock.now
        let (units, loss) = try rounds.round()
        let seconds = (clock.now - start) / .seconds(1) / Double(units)
        say("\"seconds\": \(seconds), \"units\": \(units), \"loss\": \(Self.number(loss))")
      }
    } catch {
      fail(error)
    }
  }

  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  private static func text(_ string: String) -> String {
    var escaped = ""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": escaped += "\\\(scalar)"
      case _ where scalar.value < 0x20: escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\"\(escaped)\""
  }
}

/// Work that a benchmark repeats.
protocol BenchRounds {
  /// Trains on, and waits until the last loss is in the host's hands.
  /// - Returns: the steps done, and that loss.
  func round() throws -> (units: Int, loss: Double)
}
