import Tanren

/// All recipes with their arms and sources.
struct RecipeList {
  private let recipes: [Recipe]

  init(_ recipes: [Recipe]) { self.recipes = recipes }

  func text(width: Int) -> String {
    var text = ""
    for recipe in recipes {
      let main = recipe.mainArms
      let others = recipe.plan.arms.map(\.name).filter { !main.contains($0) }
      text += "\(recipe.name)\n" + Paragraph.text(recipe.summary, indent: 2, width: width)
      text += Paragraph.text(main.joined(separator: ", "), label: "  Arms:", indent: 9, width: width)
      if !others.isEmpty {
        text += Paragraph.text(others.joined(separator: ", "), label: "  On request:", indent: 9, width: width)
      }
      for source in recipe.sources {
        text += Paragraph.text(source.description, label: "  Source:", indent: 10, width: width)
      }
    }
    return text
  }
}
