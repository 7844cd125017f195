import ArgumentParser
import Tanren

/// What is shown of each epoch.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  /// Keras' progress bar.
  case bar
  /// A line of numbers with all their digits: epoch, accuracy and loss of training, of validation.
  case lines
  case none

  func callback(_ terminal: Terminal) -> (any Callback)? {
    switch self {
    case .bar: ProgressReport(terminal)
    case .lines: EpochLines { terminal.write($0 + "\n") }
    case .none: nil
    }
  }
}
