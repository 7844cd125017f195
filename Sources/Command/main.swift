import Foundation

exit(Outcome.run(Array(CommandLine.arguments.dropFirst())))
