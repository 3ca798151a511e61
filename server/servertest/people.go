package servertest

import "net/http"

// M is a JSON object.
type M = map[string]any

// given is the password by which everybody in a test but the first administrator is made; at their first log-in they put a word of their own behind it.
const (
	given    = "correct horse"
	ownWord  = " battery"
	password = given + ownWord
)

// The units, areas and people of a small city. Longhua sanitation has a crew below it and a district above.
var (
	units = []M{
		{"id": "longhua", "name": "龙华区", "kind": "district"},
		{"id": "longhua-sanitation", "name": "龙华环卫", "kind": "bureau", "parent": "longhua", "peer_group": "sanitation"},
		{"id": "longhua-crew", "name": "龙华环卫一班", "kind": "crew", "parent": "longhua-sanitation"},
		{"id": "meilan-sanitation", "name": "美兰环卫", "kind": "bureau", "peer_group": "sanitation"},
	}
	areas = []M{
		{"id": "city", "name": "演示市", "level": "city"},
		{"id": "longhua-area", "name": "龙华区", "level": "district", "parent": "city"},
		{"id": "binhai", "name": "滨海街道", "level": "street", "parent": "longhua-area"},
		{"id": "meilan-area", "name": "美兰区", "level": "district", "parent": "city"},
	}
	roles = map[string][]M{
		"lin":          {{"role": "inspector", "scope": M{"kind": "city"}}},
		"wang":         {{"role": "inspector", "scope": M{"kind": "city"}}},
		"office":       {{"role": "office", "scope": M{"kind": "city"}}},
		"office2":      {{"role": "office", "scope": M{"kind": "city"}}},
		"leader":       {{"role": "leader", "scope": M{"kind": "city"}}},
		"longhua-desk": {{"role": "office", "scope": M{"kind": "area", "id": "longhua-area"}}},
		"meilan-desk":  {{"role": "office", "scope": M{"kind": "area", "id": "meilan-area"}}},
		"crew":         {{"role": "unit", "scope": M{"kind": "unit", "id": "longhua-sanitation"}}},
		"crew-boss":    {{"role": "unit", "scope": M{"kind": "unit", "id": "longhua"}}, {"role": "inspector", "scope": M{"kind": "unit", "id": "longhua"}}},
		"meilan-crew":  {{"role": "unit", "scope": M{"kind": "unit", "id": "meilan-sanitation"}}},
		"keeper":       {{"role": "admin", "scope": M{"kind": "city"}}},
		"auditor":      {{"role": "auditor", "scope": M{"kind": "city"}}},
	}
)

// As gives the phone of a person; the first call makes the city and logs in.
func (s *Server) As(name string) *Client {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.clients[name]; c != nil {
		return c
	}
	if s.clients["admin"] == nil {
		s.clients["admin"] = s.LogIn("admin", s.Admin.Password)
		s.build(s.clients["admin"])
	}
	if name != "admin" {
		s.clients[name] = s.AddPerson(name, roles[name]...)
	}
	return s.clients[name]
}

// Joins makes a person with roles of their own and gives their phone.
func (s *Server) Joins(name string, grants ...M) *Client {
	s.t.Helper()
	s.As("admin")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.AddPerson(name, grants...)
}

// LogIn makes a session with a token. Whose password is known to somebody else puts a word of their own behind it, as everybody has to.
func (s *Server) LogIn(name, password string) *Client {
	s.t.Helper()
	c := &Client{Server: s, Name: name, t: s.t}
	var in struct {
		Token string
		Me    struct {
			Given bool `json:"password_given"`
		}
	}
	c.Do(http.MethodPost, "/api/v1/sessions", M{"name": name, "password": password, "device": "test"}).Want(http.StatusCreated).Into(&in)
	c.password = password
	if c.Token = in.Token; in.Me.Given {
		own := password + ownWord
		c.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": password, "password": own}).Want(http.StatusNoContent)
		c.password = own
		if name == s.Admin.Name {
			s.Admin.Password = own
		}
	}
	return c
}

// Phone is one that has a token already.
func (s *Server) Phone(name, token string) *Client {
	return &Client{Server: s, Name: name, Token: token, t: s.t}
}

// AddPerson makes a person, or changes their roles, and gives a phone of theirs; one that this logs out logs in again.
func (s *Server) AddPerson(name string, grants ...M) *Client {
	s.t.Helper()
	held := []M{}
	for _, g := range grants {
		scope := M{"kind": g["scope"].(M)["kind"]}
		if id, ok := g["scope"].(M)["id"].(string); ok {
			scope["id"] = ID(id)
		}
		held = append(held, M{"role": g["role"], "scope": scope})
	}
	s.clients["admin"].Do(http.MethodPut, "/api/v1/people/"+ID(name).String(), M{"name": name, "display_name": "Person " + name,
		"staff_number": "S-" + name, "password": given, "grants": held}).Want(http.StatusCreated, http.StatusOK)
	phone := s.LogIn(name, given)
	if c := s.clients[name]; c != nil {
		c.Token = phone.Token
	}
	return phone
}

func (s *Server) build(admin *Client) {
	s.t.Helper()
	for kind, nodes := range map[string][]M{"units": units, "areas": areas} {
		for _, n := range nodes {
			body := M{}
			for k, v := range n {
				switch k {
				case "id":
				case "parent":
					body[k] = ID(v.(string))
				default:
					body[k] = v
				}
			}
			admin.Do(http.MethodPut, "/api/v1/"+kind+"/"+ID(n["id"].(string)).String(), body).Want(http.StatusCreated)
		}
	}
}
