import Foundation
import Tanren

/// A benchmark's line protocol: JSON objects on standard output, `run` on standard input.
struct BenchWorker {
  /// What a line says; numbers that aren't finite are left out.
  struct Message: Encodable {
    private var framework: String?
    private var ready: Bool?
    private var threads: Int?
    private var data: String?
    private var finished: Bool?
    private var seconds: Double?
    private var units: Int?
    private var loss: Double?
    private var accuracy: Double?
    private var error: String?

    private static let tanren = "Tanren \(tanrenVersion)"

    static func ready(data: String) -> Message {
      Message(framework: tanren, ready: true, threads: ProcessInfo.processInfo.activeProcessorCount, data: data)
    }

    static func round(seconds: Double, units: Int, loss: Double, accuracy: Double? = nil) -> Message {
      Message(seconds: seconds, units: units, loss: finite(loss), accuracy: accuracy.flatMap(finite))
    }

    static func finished(loss: Double) -> Message { Message(framework: tanren, finished: true, loss: finite(loss)) }

    static func compiled(seconds: Double) -> Message { Message(framework: tanren, seconds: seconds, units: 1) }

    static func failed(_ error: any Error) -> Message {
      Message(error: "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
    }

    private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
  }

  private let output = Terminal(.standardOutput, isInteractive: false)

  func say(_ message: Message) {
    guard let line = try? JSONEncoder().encode(message) else { return }
    output.write(String(decoding: line, as: UTF8.self) + "\n")
  }

  /// Whether another round is wanted: waits for the harness.
  func isAskedForRound() -> Bool { readLine()?.trimmingCharacters(in: .whitespaces) == "run" }

  /// Does a round that isn't counted, then one whenever asked.
  func serve(_ rounds: some BenchRounds, data: String) {
    do {
      _ = try rounds.round()
      say(.ready(data: data))
      let clock = ContinuousClock()
      while isAskedForRound() {
        let start = clock.now
        let (units, loss) = try rounds.round()
        say(.round(seconds: (clock.now - start) / .seconds(1) / Double(units), units: units, loss: loss))
      }
    } catch {
      say(.failed(error))
    }
  }
}

/// Work that a benchmark repeats.
protocol BenchRounds {
  /// Trains on, and waits until the last loss is in the host's hands.
  /// - Returns: the steps done, and that loss.
  func round() throws -> (units: Int, loss: Double)
}
