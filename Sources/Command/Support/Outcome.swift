import ArgumentParser
import Foundation
import Serve
import Tanren

/// How the command ends: the one place that turns errors into messages and exit statuses.
enum Outcome {
  static let success: Int32 = 0
  /// Something failed while running.
  static let failure: Int32 = 1
  /// The input was bad, and another one would do.
  static let badInput: Int32 = 2
  /// 128 and the number of the signal that Ctrl-C sends, as shells count.
  static let interrupted: Int32 = 130

  /// Runs a command line, tells what went wrong, and returns the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    LostOutput.endsProcess()
    do {
      try checkCommandName(arguments)
      var command = try TanrenCommand.parseAsRoot(arguments)
      try command.run()
      LostOutput.check()
      return success
    } catch {
      let (message, status) = describe(error)
      Terminal.current(status == success ? .standardOutput : .standardError).write(
        message.isEmpty ? "" : message + "\n")
      return status
    }
  }

  /// What to say of an error, and the exit status.
  static func describe(_ error: any Error) -> (message: String, status: Int32) {
    switch error {
    case let error as TrainingError:
      if case .output(let failure) = error { return ("Error: \(error)", status(of: failure)) }
      return ("Error: \(error)", badInput)
    case is ConfigurationError, is AugmentationError, is Diagnostic, is HostArrayError, is ReportError,
      is StatisticsError, is ServeError, is UsageError:
      return ("Error: \(error)", badInput)
    case let error as DatasetError:
      return ("Error: \(error)", status(of: error))
    case let error as StoreError: return ("Error: \(error)", status(of: error))
    case is CheckpointError: return ("Error: \(error)", failure)
    case let error as EngineError: return ("Error: \(error)", status(of: error))
    default: break
    }
    // What remains is the parser's: help that was asked for, and words it can't make sense of.
    let status = TanrenCommand.exitCode(for: error).rawValue
    let message = TanrenCommand.fullMessage(for: error)
    return (message, status == ExitCode.validationFailure.rawValue ? badInput : status)
  }

  /// What can't be written anywhere is another matter than a place where nothing can be written, for which another
  /// place would do.
  private static func status(of failure: FileFailure) -> Int32 {
    [ENOSPC, EDQUOT, EFBIG, EIO, EPIPE, ENOMEM].contains(failure.code) ? Outcome.failure : badInput
  }

  private static func status(of error: DatasetError) -> Int32 {
    switch error.problem {
    case .downloadFailed: failure
    case .unwritable(let failure): status(of: failure)
    default: badInput
    }
  }

  private static func status(of error: StoreError) -> Int32 {
    switch error {
    case .damaged, .damagedRun, .full, .locked, .failed, .leaseLost: failure
    default: badInput
    }
  }

  private static func status(of error: EngineError) -> Int32 {
    switch error {
    case .missingPlugin, .notPlugin, .unsupportedPlugin, .unsoundPlugin, .invalidOptions, .alreadyStarted,
      .noSuchDevice, .file:
      badInput
    default: failure
    }
  }

  /// The parser takes an unknown command for an argument too many, and can't say which one was meant.
  private static func checkCommandName(_ arguments: [String]) throws(UsageError) {
    guard let name = arguments.first, !name.hasPrefix("-") else { return }
    let known = TanrenCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !(known + ["help"]).contains(name) else { return }
    let hint = name.nearest(in: known).map { ": did you mean '\($0)'?" } ?? "."
    throw UsageError("there is no command '\(name)'\(hint) The commands are \(known.joined(separator: ", ")).")
  }
}

/// Input that is wrong in a way that only the command knows of.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
