/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a survey came no further: the error that ended it, by its kind and by
 * the step that it ended.
 */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "plan/verdict.h"
#include "plan/verdict_parts.h"
#include "source/survey.h"

/* What source/helper's script ends with. */
#define STATUS_NO_ROOT	96
#define STATUS_NO_PLACE 97
#define STATUS_NO_RUN	98

static enum reason of_address(const struct error *error)
{
	if (error->kind != ERROR_CONFIG)
		return REASON_UNREACHABLE;
	return strstr(error->msg, "lander.identity") ||
			       strstr(error->msg, "lander.jump.identity")
		       ? REASON_IDENTITY_BAD
		       : REASON_ADDRESS_BAD;
}

static enum reason of_talk(const struct error *error)
{
	return error->code == ETIMEDOUT ? REASON_NO_ANSWER : REASON_NO_SSH;
}

static enum reason of_hostkey(const struct error *error)
{
	if (error->kind == ERROR_CONFIG)
		return REASON_HOSTKEY_UNKNOWN;
	if (error->code == EKEYREJECTED)
		return REASON_HOSTKEY_WRONG;
	return error->kind == ERROR_SOURCE ? REASON_HOSTKEY_KIND
					   : of_talk(error);
}

static enum reason of_login(const struct error *error)
{
	if (error->kind == ERROR_CONFIG)
		return strstr(error->msg, "is missing")
			       ? REASON_IDENTITY_MISSING
			       : REASON_IDENTITY_BAD;
	if (error->code == EACCES)
		return REASON_LOGIN_REFUSED;
	return error->code == ETIMEDOUT ? REASON_NO_ANSWER
					: REASON_CONNECTION_LOST;
}

static enum reason of_start(const struct survey *survey)
{
	const struct error *error = survey->error;

	if (error->kind == ERROR_NETWORK)
		return error->code == ETIMEDOUT ? REASON_NO_ANSWER
						: REASON_CONNECTION_LOST;
	switch (survey->trail.status) {
	case STATUS_NO_ROOT:
		return REASON_NOT_ROOT;
	case STATUS_NO_PLACE:
		return REASON_NO_EXEC_PLACE;
	case STATUS_NO_RUN:
		return REASON_ARCH_UNSUPPORTED;
	default:
		return strstr(error->msg, "sudo") ? REASON_NOT_ROOT
						  : REASON_PROGRAM_FAILED;
	}
}

static enum reason of_facts(const struct error *error)
{
	return error->kind == ERROR_NETWORK ? REASON_CONNECTION_LOST
					    : REASON_FACTS_BAD;
}

static enum reason of_measuring(const struct error *error)
{
	return error->kind == ERROR_NETWORK ? REASON_CONNECTION_LOST
					    : REASON_PROGRAM_FAILED;
}

static enum reason of_step(const struct survey *survey)
{
	const struct error *error = survey->error;

	if (error->kind == ERROR_ABORTED)
		return REASON_NOT_ASKED;
	if (survey->trail.at_jump)
		return REASON_JUMP;
	switch (survey->step) {
	case SURVEY_NOTHING:
	case SURVEY_ADDRESS:
		return of_address(error);
	case SURVEY_TCP:
		return of_talk(error);
	case SURVEY_SSH:
		return of_hostkey(error);
	case SURVEY_HOSTKEY:
		return of_login(error);
	case SURVEY_LOGIN:
		return of_start(survey);
	case SURVEY_PROGRAM:
		return of_facts(error);
	default:
		return of_measuring(error);
	}
}

int verdict_reach(const struct survey *survey, struct verdict *verdict)
{
	enum reason reason;

	if (!survey->error)
		return 0;
	reason = of_step(survey);
	if (reason == REASON_HOSTKEY_UNKNOWN)
		return verdict_add(verdict, reason, NULL, "%s",
				   survey->trail.hostkeys);
	return verdict_add(verdict, reason, NULL, "%s", survey->error->msg);
}
