package token

// Sees reports whether the holder may look at an app of an organisation.
// A deploy token sees its own app; images are another matter, see Pulls.
func (t Token) Sees(org, app string) bool {
	switch t.Scope {
	case Org, Read, Deploy:
		return t.reaches(org) && (t.App == "" || t.App == app)
	}
	return false
}

// Changes reports whether the holder may change an app.
func (t Token) Changes(org, app string) bool {
	return (t.Scope == Org || t.Scope == Deploy) && t.Sees(org, app)
}

// Creates reports whether the holder may make apps in an organisation.
func (t Token) Creates(org string) bool { return t.Scope == Org && t.App == "" && t.reaches(org) }

// Pulls reports whether the holder may read images of an organisation's app:
// the registry is shared by the organisation, so that what was tested in one app can be deployed to another.
// The organisation of a deploy token is the one its app belongs to.
func (t Token) Pulls(org, orgOfHolder string) bool {
	switch t.Scope {
	case Engine:
		return true
	case Org, Read, Deploy:
		if t.App != "" {
			return org == orgOfHolder
		}
		return t.reaches(org)
	}
	return false
}

func (t Token) reaches(org string) bool { return t.Org == "" || t.Org == org }
