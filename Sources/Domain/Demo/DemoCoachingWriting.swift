import Database

extension DemoCoaching {
  /// Writes everything that was imagined. Rows and counters wait for `EngagementFigures.recomputeAll`.
  func write(_ setUp: DemoCoachingSetUp, isMain: Bool, to connection: any Connection) throws {
    try writeEngagements(setUp, connection)
    var ids: [String: Int64] = [:]
    try connection.stream("SELECT id, user_id, launched_at FROM engagements WHERE organization_id = \(setUp.organization)") { row in
      ids["\(row.int(1)) \(row.text(2))"] = row.int(0)
      return true
    }
    let written = engagements.compactMap { engagement in
      ids["\(engagement.learner.id) \(engagement.launched.text)"].map { (id: $0, engagement: engagement) }
    }.sorted { $0.id < $1.id }
    try writeCoaches(written, setUp, connection)
    try writeInvitations(written, connection)
    try writeChoices(written, setUp, connection)
    try writeAnswers(written, setUp, connection)
    let author = isMain ? try connection.scalar("SELECT id FROM accounts WHERE email_key = 'ada@northwind.example'") : 0
    _ = try connection.load(into: "engagement_notes", columns: ["engagement_id", "author_id", "text", "note_key", "at"]) { sink in
      for (id, engagement) in written {
        guard let note = engagement.note else { continue }
        sink.int(id)
        sink.int(author)
        sink.text(note.text)
        sink.text(String(note.text.prefix(60)).folded)
        sink.text(note.at.text)
        try sink.endRow()
      }
    }
  }

  private func writeEngagements(_ setUp: DemoCoachingSetUp, _ connection: any Connection) throws {
    _ = try connection.load(
      into: "engagements",
      columns: [
        "organization_id", "user_id", "group_id", "company_purchase_id", "feedback_assessment_id", "survey_id", "coach_id", "launched_at",
        "ends_at",
        "duration_days", "minimum_invited", "minimum_answered", "maximum_invited", "remeasurement", "remeasurement_days",
        "remeasurement_opens_at",
        "coach_changed", "first_login_at", "profile_set_up_at", "self_assessment_at", "survey_at", "coaching_plan", "plan_feedback_invited",
        "goals_assessed_at", "self_remeasurement_at", "remeasurement_survey_at", "paused_at", "deactivated_at", "extended_at", "created_at",
      ]
    ) { sink in
      for engagement in engagements {
        let group = groups[engagement.group]
        sink.int(setUp.organization)
        sink.int(engagement.learner.id)
        sink.int(setUp.groups[engagement.group])
        sink.int(setUp.purchases[engagement.purchase % setUp.purchases.count])
        sink.int(setUp.assessments[engagement.assessment])
        sink.int(setUp.surveys[engagement.survey])
        sink.int(orNull: engagement.coaches.last?.id)
        sink.text(engagement.launched.text)
        sink.text(engagement.ends.text)
        for number in [group.duration, group.minimum, group.minimum - 1, group.maximum] { sink.int(number) }
        sink.int(group.remeasures ? 1 : 0)
        sink.int(orNull: group.remeasurementDays)
        sink.text(engagement.opens?.text ?? "9999")
        sink.int(engagement.coaches.count > 1 ? 1 : 0)
        for moment in [engagement.firstLogin, engagement.profile, engagement.selfAssessment, engagement.survey1] {
          sink.text(moment?.text ?? "")
        }
        sink.text(engagement.plan)
        sink.int(engagement.planFeedback ? 1 : 0)
        for moment in [
          engagement.goalsAssessed, engagement.selfAgain, engagement.survey2, engagement.paused, engagement.deactivated,
          engagement.extended,
        ] { sink.text(moment?.text ?? "") }
        sink.text(engagement.launched.text)
        try sink.endRow()
      }
    }
  }

  private typealias Written = [(id: Int64, engagement: Engagement)]

  private func writeCoaches(_ written: Written, _ setUp: DemoCoachingSetUp, _ connection: any Connection) throws {
    _ = try connection.load(
      into: "engagement_coaches", columns: ["engagement_id", "coach_id", "organization_id", "user_id", "assigned_at"]
    ) { sink in
      for (id, engagement) in written {
        for coach in engagement.coaches {
          for number in [id, coach.id, setUp.organization, engagement.learner.id] { sink.int(number) }
          sink.text(coach.from.text)
          try sink.endRow()
        }
      }
    }
    _ = try connection.load(
      into: "coaching_sessions",
      columns: [
        "organization_id", "engagement_id", "user_id", "coach_id", "starts_at", "ends_at", "state", "canceled_at", "canceled_by",
        "manager_attended", "rating", "comment",
      ]
    ) { sink in
      for (id, engagement) in written {
        for session in engagement.sessions {
          for number in [setUp.organization, id, engagement.learner.id, session.coach] { sink.int(number) }
          sink.text(session.start.text)
          sink.text(session.start.adding(seconds: 3600).text)
          sink.text(session.state)
          sink.text(session.canceled?.text ?? "")
          sink.text(session.canceledBy)
          sink.int(session.manager ? 1 : 0)
          sink.int(orNull: session.rating.map(Int64.init))
          sink.text(session.comment)
          try sink.endRow()
        }
      }
    }
  }

  private func writeInvitations(_ written: Written, _ connection: any Connection) throws {
    _ = try connection.load(
      into: "feedback_invitations",
      columns: ["engagement_id", "round", "email", "email_key", "name", "relation", "invited_at", "answered_at", "removed_at"]
    ) { sink in
      for (id, engagement) in written {
        for invitation in engagement.invitations {
          sink.int(id)
          sink.int(Int64(invitation.round))
          for text in [invitation.email, invitation.email.lowercased(), invitation.name, invitation.relation, invitation.invited.text] {
            sink.text(text)
          }
          sink.text(invitation.answered?.text ?? "")
          sink.text(invitation.removed?.text ?? "")
          try sink.endRow()
        }
      }
    }
  }

  private func writeChoices(_ written: Written, _ setUp: DemoCoachingSetUp, _ connection: any Connection) throws {
    _ = try connection.load(into: "focus_areas", columns: ["engagement_id", "focus_skill_id", "chosen"]) { sink in
      for (id, engagement) in written {
        for skill in engagement.skills {
          sink.int(id)
          sink.int(setUp.skills[skill.number])
          sink.int(skill.chosen ? 1 : 0)
          try sink.endRow()
        }
      }
    }
    _ = try connection.load(into: "goals", columns: ["engagement_id", "text", "achieved"]) { sink in
      for (id, engagement) in written {
        for goal in engagement.goals {
          sink.int(id)
          sink.text(goal.text)
          sink.int(goal.achieved ? 1 : 0)
          try sink.endRow()
        }
      }
    }
  }

  private func writeAnswers(_ written: Written, _ setUp: DemoCoachingSetUp, _ connection: any Connection) throws {
    _ = try connection.load(into: "nps_responses", columns: ["engagement_id", "coach_id", "score", "comment", "answered_at"]) { sink in
      for (id, engagement) in written {
        guard let nps = engagement.nps else { continue }
        sink.int(id)
        sink.int(orNull: (engagement.coaches.last { $0.from <= nps.at } ?? engagement.coaches.last)?.id)
        sink.int(Int64(nps.score))
        sink.text(DemoCoachingCatalog.comments[nps.score % DemoCoachingCatalog.comments.count])
        sink.text(nps.at.text)
        try sink.endRow()
      }
    }
    _ = try connection.load(into: "survey_answers", columns: ["engagement_id", "round", "position", "question", "answer"]) { sink in
      for (id, engagement) in written {
        for (round, moment) in [(1, engagement.survey1), (2, engagement.survey2)] as [(Int64, Moment?)] where moment != nil {
          for (position, question) in setUp.surveyQuestions[engagement.survey].enumerated() {
            sink.int(id)
            sink.int(round)
            sink.int(Int64(position + 1))
            sink.text(question)
            // By the second time most agree more.
            let answer = (Int(id) + position * 2 + Int(round)) % DemoCoachingCatalog.agreement.count
            sink.text(DemoCoachingCatalog.agreement[round == 2 ? answer / 2 : answer])
            try sink.endRow()
          }
        }
      }
    }
  }
}
