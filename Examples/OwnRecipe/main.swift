// Runs a recipe of its own, with an activation of its own, over a few seeds.
//
//   swift run OwnRecipe [smoke | cpu | full]
//
// It can be interrupted, and goes on where it was. Within Tanren's sources a public recipe needs no more than its
// file: 'tanren reproduce' finds it by itself.

import Foundation
import Tanren

func reproduce(budget: Budget) throws {
  try Catalog<any Activation>.add(SquaredReLU.self)
  let plan = try SquaredReLUDigits().plan(seeds: [0, 1, 2], budget: budget)
  let results = try StudyRunner(StudyStore("out/own-recipe.sqlite")).run(plan)
  print(ResultTable(try results.armResults()).table().text(colors: .none))
}

do {
  try reproduce(budget: CommandLine.arguments.dropFirst().first.flatMap { Budget(rawValue: $0) } ?? .full)
} catch {
  FileHandle.standardError.write(Data("OwnRecipe: \(error)\n".utf8))
  exit(1)
}
