import Domain

// The routes of what is set up of coaching, one line each, in the groups that may use them.
extension Routes {
  mutating func addCoachingSetUp() {
    accountTeam("GET", "/coaching/groups", GroupPages.list)
    accountTeam("GET", "/coaching/groups.csv", slow: true, GroupPages.export)
    accountTeam("GET", "/coaching/groups/new", GroupPages.new)
    accountTeam("POST", "/coaching/groups/new", slow: true, GroupPages.create)
    organization("GET", "/coaching/groups/:id", GroupPages.show)
    accountTeam("GET", "/coaching/groups/:id/edit", GroupPages.edit)
    accountTeam("POST", "/coaching/groups/:id/edit", slow: true, GroupPages.update)
    accountTeam("GET", "/coaching/groups/:id/removal", GroupPages.askRemoval)
    accountTeam("POST", "/coaching/groups/:id/removal", slow: true, GroupPages.remove)

    accountTeam("GET", "/coaching/purchases", PurchasePages.list)
    accountTeam("GET", "/coaching/purchases.csv", slow: true, PurchasePages.export)
    accountTeam("GET", "/coaching/purchases/new", PurchasePages.new)
    accountTeam("POST", "/coaching/purchases/new", slow: true, PurchasePages.create)
    organization("GET", "/coaching/purchases/:id", PurchasePages.show)
    accountTeam("GET", "/coaching/purchases/:id/edit", PurchasePages.edit)
    accountTeam("POST", "/coaching/purchases/:id/edit", slow: true, PurchasePages.update)
    accountTeam("GET", "/coaching/purchases/:id/removal", PurchasePages.askRemoval)
    accountTeam("POST", "/coaching/purchases/:id/removal", slow: true, PurchasePages.remove)

    addQuestionnaires(.assessment, "/coaching/assessments")
    addQuestionnaires(.survey, "/coaching/surveys")

    accountTeam("GET", "/coaching/coaches") { try CoachSetUpPages(side: SetUpSide($1)).list($0) }
    accountTeam("GET", "/coaching/coaches.csv", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).export($0) }
    accountTeam("GET", "/coaching/coaches/new") { try CoachSetUpPages(side: SetUpSide($1)).new($0) }
    accountTeam("POST", "/coaching/coaches/new", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).create($0) }
    accountTeam("GET", "/coaching/coaches/:id") { try CoachSetUpPages(side: SetUpSide($1)).show($0) }
    accountTeam("GET", "/coaching/coaches/:id/edit") { try CoachSetUpPages(side: SetUpSide($1)).edit($0) }
    accountTeam("POST", "/coaching/coaches/:id/edit", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).update($0) }
    accountTeam("POST", "/coaching/coaches/:id/link", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).makeLink($0) }
    accountTeam("POST", "/coaching/coaches/:id/photo", slow: true, upload: true) {
      try CoachSetUpPages(side: SetUpSide($1)).savePhoto($0)
    }
    accountTeam("POST", "/coaching/coaches/:id/photo/removal", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).removePhoto($0) }
    accountTeam("GET", "/coaching/coaches/:id/deactivation") { try CoachSetUpPages(side: SetUpSide($1)).askDeactivation($0) }
    accountTeam("POST", "/coaching/coaches/:id/deactivation", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).deactivate($0) }
    accountTeam("GET", "/coaching/coaches/:id/reactivation") { try CoachSetUpPages(side: SetUpSide($1)).askReactivation($0) }
    accountTeam("POST", "/coaching/coaches/:id/reactivation", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).reactivate($0) }

    installation("GET", "/coaching/coaches") { try CoachSetUpPages(side: SetUpSide($1)).list($0) }
    installation("GET", "/coaching/coaches.csv", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).export($0) }
    installation("GET", "/coaching/coaches/new") { try CoachSetUpPages(side: SetUpSide($1)).new($0) }
    installation("POST", "/coaching/coaches/new", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).create($0) }
    installation("GET", "/coaching/coaches/:id") { try CoachSetUpPages(side: SetUpSide($1)).show($0) }
    installation("GET", "/coaching/coaches/:id/edit") { try CoachSetUpPages(side: SetUpSide($1)).edit($0) }
    installation("POST", "/coaching/coaches/:id/edit", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).update($0) }
    installation("POST", "/coaching/coaches/:id/link", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).makeLink($0) }
    installation("POST", "/coaching/coaches/:id/photo", slow: true, upload: true) {
      try CoachSetUpPages(side: SetUpSide($1)).savePhoto($0)
    }
    installation("POST", "/coaching/coaches/:id/photo/removal", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).removePhoto($0) }
    installation("GET", "/coaching/coaches/:id/deactivation") { try CoachSetUpPages(side: SetUpSide($1)).askDeactivation($0) }
    installation("POST", "/coaching/coaches/:id/deactivation", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).deactivate($0) }
    installation("GET", "/coaching/coaches/:id/reactivation") { try CoachSetUpPages(side: SetUpSide($1)).askReactivation($0) }
    installation("POST", "/coaching/coaches/:id/reactivation", slow: true) { try CoachSetUpPages(side: SetUpSide($1)).reactivate($0) }

    installation("GET", "/coaching/focus-skills", FocusSkillPages.list)
    installation("GET", "/coaching/focus-skills.csv", slow: true, FocusSkillPages.export)
    installation("GET", "/coaching/focus-skills/new", FocusSkillPages.new)
    installation("POST", "/coaching/focus-skills/new", slow: true, FocusSkillPages.create)
    installation("GET", "/coaching/focus-skills/:id/edit", FocusSkillPages.edit)
    installation("POST", "/coaching/focus-skills/:id/edit", slow: true, FocusSkillPages.update)
    installation("GET", "/coaching/focus-skills/:id/removal", FocusSkillPages.askRemoval)
    installation("POST", "/coaching/focus-skills/:id/removal", slow: true, FocusSkillPages.remove)
  }

  /// 360° assessments or surveys: an organization's, whose admins make them, and the platform's under the same address without `/o/{slug}`, which is
  /// therefore no entrance.
  private mutating func addQuestionnaires(_ kind: Questionnaire.Kind, _ path: String) {
    @Sendable func own(_ scope: OrganizationScope) throws -> QuestionnairePages {
      try QuestionnairePages(what: kind, side: SetUpSide(scope))
    }
    organization("GET", path, entrance: false) { try own($1).list($0) }
    organization("GET", path + ".csv", slow: true, entrance: false) { try own($1).export($0) }
    organization("GET", path + "/new", entrance: false) { try own($1).new($0) }
    organization("POST", path + "/new", slow: true) { try own($1).create($0) }
    organization("GET", path + "/:id") { try own($1).show($0) }
    organization("GET", path + "/:id/edit") { try own($1).edit($0) }
    organization("POST", path + "/:id/edit", slow: true) { try own($1).update($0) }
    organization("GET", path + "/:id/removal") { try own($1).askRemoval($0) }
    organization("POST", path + "/:id/removal", slow: true) { try own($1).remove($0) }

    @Sendable func platform(_ viewer: Viewer) throws -> QuestionnairePages { try QuestionnairePages(what: kind, side: SetUpSide(viewer)) }
    installation("GET", path) { try platform($1).list($0) }
    installation("GET", path + ".csv", slow: true) { try platform($1).export($0) }
    installation("GET", path + "/new") { try platform($1).new($0) }
    installation("POST", path + "/new", slow: true) { try platform($1).create($0) }
    installation("GET", path + "/:id") { try platform($1).show($0) }
    installation("GET", path + "/:id/edit") { try platform($1).edit($0) }
    installation("POST", path + "/:id/edit", slow: true) { try platform($1).update($0) }
    installation("GET", path + "/:id/removal") { try platform($1).askRemoval($0) }
    installation("POST", path + "/:id/removal", slow: true) { try platform($1).remove($0) }
  }
}
